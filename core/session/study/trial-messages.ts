import type { WireError } from '../../errors.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { BranchId, CheckpointSummary } from '../../protocol/run.ts'
import type { VitalSigns } from '../../protocol/vitals.ts'
import type { EngineFacts } from '../../store/run.ts'
import type { Evaluation } from '../learner.ts'
import type { TrainingState } from '../training-state.ts'

/** Where a stretch ends: at a step, or once the trial has trained for so long in all. */
export type Until = { readonly step: number } | { readonly trainedMs: number }

/** A stretch of a trial: from its checkpoint, or from the start, as far as it is to go. */
export interface Stretch {
  readonly config: RunConfig
  readonly branch: BranchId
  readonly checkpoint: CheckpointSummary | null
  readonly until: Until
}

/** What a study says to a trial's thread. One stretch at a time. */
export type ToTrial =
  { readonly type: 'raise'; readonly stretch: Stretch } | { readonly type: 'close' }

/** What steps measured, one value a step. */
export interface StepsMeasured {
  readonly firstStep: number
  readonly costs: Float64Array
  readonly dataCosts: Float64Array
  readonly gradientNorms: Float64Array
  readonly learningRates: Float64Array
  readonly vitals: readonly VitalSigns[]
}

/** Where a trial stands, whole. */
export interface TrialStanding {
  readonly state: TrainingState
  readonly engine: EngineFacts
  /** In steps, since the trial began. */
  readonly trainedMs: number
  readonly cost: number | null
  readonly evaluation: (Evaluation & { readonly step: number }) | null
}

/** How a stretch ended, in good order. */
export type StretchEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'diverged'; readonly reason: string }

/**
 * What went wrong where a stretch failed: the trial itself; the data, which are those of all trials; or the thread
 * it ran in, which may have been no fault of the trial.
 */
export type FailureOf = 'trial' | 'data' | 'thread'

/** What a trial's thread says to its study. It writes nothing itself. */
export type FromTrial =
  | ({ readonly type: 'steps' } & StepsMeasured)
  | { readonly type: 'evaluated'; readonly step: number; readonly evaluation: Evaluation }
  | { readonly type: 'saved'; readonly at: TrialStanding }
  | { readonly type: 'ended'; readonly end: StretchEnd; readonly at: TrialStanding }
  | { readonly type: 'failed'; readonly of: FailureOf; readonly error: WireError }

/** A shared word by which a trial is asked to stop between two steps, however busy its thread is. */
export const createAskMemory = (): SharedArrayBuffer => new SharedArrayBuffer(4)
export const isAsked = (memory: SharedArrayBuffer): boolean =>
  Atomics.load(new Int32Array(memory), 0) === 1
export const askToStop = (memory: SharedArrayBuffer): void =>
  void Atomics.store(new Int32Array(memory), 0, 1)
export const takeBack = (memory: SharedArrayBuffer): void =>
  void Atomics.store(new Int32Array(memory), 0, 0)
