import { z } from 'zod'
import type { WireError } from '../errors.ts'
import type { RunConfig } from './config.ts'
import type { HyperparameterName, Readings } from './hyperparameters.ts'
import { HYPERPARAMETER_NAMES } from './hyperparameters.ts'
import type { VitalSigns } from './vitals.ts'

export type { MetricSeries, SeriesQuery } from './series.ts'

/** A branch of a run: `b1`, `b2`, … in the order they were made. */
export type BranchId = `b${number}`
/** A checkpoint of a run: `c1`, `c2`, … in the order they were taken. */
export type CheckpointId = `c${number}`

/** What a training run is doing. `failed` is a bug or a broken machine; a bad step only pauses. */
export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'preparing'; readonly what: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused'; readonly reason: PauseReason }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: WireError }

/** Why a run stands still. */
export type PauseReason =
  | 'asked' // by a person
  | 'amount-reached' // the steps, epochs or days asked for are done
  | 'rolled-back' // rollback and undo land paused
  | 'not-finite' // a step whose cost or gradient is not finite was refused
  | 'recovered' // reopened after a crash
  | 'resting' // saved and closed

/** How far to train from here. Null: until stopped. */
export const trainAmount = z
  .union([
    z.strictObject({ steps: z.int().positive() }),
    z.strictObject({ epochs: z.number().positive() }),
    z.strictObject({ days: z.int().positive() }),
  ])
  .nullable()
export type TrainAmount = z.output<typeof trainAmount>

/** New targets of live hyperparameters, by name. Values are checked against their rows by the session. */
export const nudgeChanges = z.partialRecord(
  z.enum(HYPERPARAMETER_NAMES as [HyperparameterName]),
  z.number(),
)
export type NudgeChanges = z.output<typeof nudgeChanges>

/** How a nudge comes into force: at once where absent, else evenly, on each knob's own scale, over N steps. */
export const nudgeRamp = z.strictObject({ steps: z.int().min(1).max(1_000_000_000) })
export type NudgeRamp = z.output<typeof nudgeRamp>

/**
 * When a planned nudge takes force: the dev cost is flat when the best of its last `evaluations` measures is
 * not lower, by the share `tolerance`, than the best before them.
 */
export const flatCondition = z.strictObject({
  evaluations: z.int().min(2).max(1_000).default(5),
  tolerance: z.number().min(0).max(1).default(0.005),
})
export type FlatCondition = z.output<typeof flatCondition>

/** What a note is about, besides the run as a whole. */
export const noteSubject = z.union([
  z.strictObject({
    kind: z.literal('day'),
    branch: z.string().regex(/^b\d{1,9}$/),
    day: z.int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('point'),
    branch: z.string().regex(/^b\d{1,9}$/),
    step: z.int().nonnegative(),
  }),
])
export type NoteSubject =
  | { readonly kind: 'day'; readonly branch: BranchId; readonly day: number }
  | { readonly kind: 'point'; readonly branch: BranchId; readonly step: number }

export const rollbackOptions = z.strictObject({
  reason: z.string().max(10_000).optional(),
  knobs: z.enum(['then', 'keep']).default('then'),
})
export type RollbackOptions = z.output<typeof rollbackOptions>

export const CHECKPOINT_KINDS = [
  'initial', // before the first step
  'day', // the end of a day
  'nudge', // before a nudge
  'pause',
  'asked',
  'timer',
  'rollback', // the tip, before a rollback or an undo
] as const
export type CheckpointKind = (typeof CHECKPOINT_KINDS)[number]

export interface CheckpointSummary {
  readonly checkpoint: CheckpointId
  readonly branch: BranchId
  readonly step: number
  readonly kind: CheckpointKind
  readonly createdAt: number
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  /** SHA-256 of the trainable tensors, little-endian float32, in code-point order of their names. */
  readonly parametersSha256: string
  /** SHA-256 of the whole state. */
  readonly sha256: string
  readonly bytes: number
}

/** A closed day: the steps (fromStep, toStep]. */
export interface DaySummary {
  readonly day: number
  readonly branch: BranchId
  readonly checkpoint: CheckpointId
  readonly fromStep: number
  readonly toStep: number
  readonly endedAt: number
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  readonly parametersSha256: string
}

export interface Branch {
  readonly branch: BranchId
  readonly parent: BranchId | null
  /** Step at which it left its parent; 0 for the first. */
  readonly forkStep: number
  readonly forkCheckpoint: CheckpointId | null
  readonly reason: string | null
  readonly createdAt: number
  /** The last step recorded on it. */
  readonly tipStep: number
}

export interface Change {
  readonly name: HyperparameterName
  readonly from: number
  readonly to: number
}

/** What is worth a person's attention. */
export type AlertName =
  | 'not-finite' // a step was refused
  | 'interrupted' // Panda was ended while it trained
  | 'engine-changed' // another engine computes now: the same bits can't be promised

/** What each kind of journal entry carries besides when and where. */
export type JournalDetail =
  | { readonly kind: 'created' }
  | { readonly kind: 'started'; readonly threads: number; readonly engine: string }
  | { readonly kind: 'paused'; readonly reason: PauseReason }
  | {
      readonly kind: 'nudge'
      readonly changes: readonly Change[]
      readonly checkpoint: CheckpointId
      /** The first step trained with it. */
      readonly firstStep: number
      /** Absent: in force whole from `firstStep`. Else it gets there at `firstStep + steps - 1`. */
      readonly ramp?: NudgeRamp
      /** The planned nudge (its entry's id) that this one fulfils. */
      readonly plan?: number
    }
  /** A nudge that waits until the dev cost is flat. */
  | {
      readonly kind: 'planned'
      readonly changes: readonly Change[]
      readonly when: FlatCondition
      readonly ramp?: NudgeRamp
    }
  | { readonly kind: 'plan-dropped'; readonly plan: number }
  | { readonly kind: 'day'; readonly day: number; readonly checkpoint: CheckpointId }
  | {
      readonly kind: 'rollback' | 'undo'
      readonly from: {
        readonly branch: BranchId
        readonly step: number
        readonly checkpoint: CheckpointId
      }
      readonly to: CheckpointId
      readonly reason: string | null
    }
  | {
      readonly kind: 'alert'
      readonly alert: AlertName
      readonly message: string
    }
  | { readonly kind: 'note'; readonly text: string; readonly about?: NoteSubject }

/** One line of the append-only record. `step` counts steps completed when it was written. */
export type JournalEntry = {
  readonly id: number
  readonly at: number
  readonly branch: BranchId
  readonly step: number
} & JournalDetail

/** What a run is about, fixed at its creation. */
export interface RunFacts {
  readonly run: string
  readonly file: string
  readonly createdAt: number
  readonly config: RunConfig
  readonly parameters: number
  readonly trainExamples: number
  readonly devExamples: number
  readonly features: number
  readonly classes: number | null
}

/** How long a run has trained, and what it takes of the machine. */
export interface Effort {
  /** Active training time, in ms: in all, and in the open day. Pauses don't count. */
  readonly trainedMs: number
  readonly dayTrainedMs: number
  /** Resident memory of the process that trains; null while nobody does. */
  readonly memoryBytes: number | null
}

/** Where training stops by itself. */
export type TrainGoal =
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'day'; readonly day: number }

/** Everything a view needs to draw a run, true at `step`. Later events bring it forward. */
export interface RunSnapshot extends Effort {
  readonly facts: RunFacts
  readonly state: RunState
  readonly branch: BranchId
  readonly step: number
  readonly epoch: number
  /** The open day; day 0 is the initial state. */
  readonly day: number
  /** Steps completed when the open day began. */
  readonly dayFromStep: number
  /** What was asked for last; null: until stopped. Of no meaning unless it trains. */
  readonly goal: TrainGoal | null
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  readonly stepsPerSecond: number | null
  readonly parametersSha256: string
  readonly readings: Readings
  /** The latest vital signs on the way here; null before the first. */
  readonly vitals: VitalSigns | null
  readonly branches: readonly Branch[]
  /** Closed days of every branch, oldest first. */
  readonly days: readonly DaySummary[]
  readonly checkpoints: readonly CheckpointSummary[]
  readonly journal: readonly JournalEntry[]
}

/** What a training session says. Each event names the branch and the step it is true at. */
export type RunEvent = { readonly branch: BranchId; readonly step: number } & (
  | { readonly type: 'state'; readonly state: RunState; readonly goal?: TrainGoal | null }
  | ({
      readonly type: 'metrics'
      /** The steps firstStep … firstStep + costs.length − 1; `step` is the last of them. */
      readonly firstStep: number
      readonly costs: Float32Array
      readonly epoch: number
      readonly day: number
      readonly stepsPerSecond: number
      /** Scheduled learning rate moves by itself, so readings come along. */
      readonly readings: Readings
    } & Effort)
  | {
      readonly type: 'evaluated'
      readonly devCost: number
      readonly devAccuracy: number | null
    }
  | { readonly type: 'vitals'; readonly vitals: VitalSigns }
  | { readonly type: 'checkpoint'; readonly checkpoint: CheckpointSummary }
  | { readonly type: 'day'; readonly closed: DaySummary; readonly entry: JournalEntry }
  | { readonly type: 'nudged'; readonly entry: JournalEntry; readonly readings: Readings }
  | {
      readonly type: 'rolled-back'
      readonly entry: JournalEntry
      readonly newBranch: Branch
      readonly readings: Readings
      readonly day: number
      readonly epoch: number
    }
  | { readonly type: 'alert'; readonly entry: JournalEntry }
  | { readonly type: 'journaled'; readonly entry: JournalEntry } // any other new line of the journal
  | {
      readonly type: 'verifying'
      readonly day: number
      readonly done: number
      readonly total: number
    }
)

export interface PausedReply {
  readonly branch: BranchId
  readonly step: number
}

export interface CheckpointReply {
  readonly checkpoint: CheckpointId
  readonly branch: BranchId
  readonly step: number
  readonly parametersSha256: string
}

export interface NudgeReply {
  /** The first step trained with it. */
  readonly step: number
  readonly changes: readonly Change[]
  readonly checkpoint: CheckpointId
}

/** What a rollback would do, before it is done. */
export interface RollbackPreview {
  readonly target: CheckpointSummary
  readonly from: { readonly branch: BranchId; readonly step: number }
  /** Steps of the present lineage that would become a ghost. */
  readonly stepsToGhost: number
  readonly knobs: readonly {
    readonly name: HyperparameterName
    readonly now: number
    readonly then: number
  }[]
}

export interface DayVerification {
  readonly day: number
  readonly fromStep: number
  readonly toStep: number
  readonly expected: string
  readonly got: string
  readonly identical: boolean
}

/** A line of the journal that is worth a person's attention. */
export type RunAlert = Extract<JournalEntry, { readonly kind: 'alert' }>

/** One line of the home view. */
export type RunSummary = {
  readonly run: string
  readonly file: string
} & (
  | {
      readonly ok: true
      readonly state: RunState
      readonly createdAt: number
      readonly updatedAt: number
      readonly step: number
      readonly epoch: number
      readonly day: number
      readonly cost: number | null
      readonly devCost: number | null
      readonly devAccuracy: number | null
      /** The newest alert of the journal; absent where there never was one. */
      readonly alert?: RunAlert
      /** A few dozen costs along the lineage, for a small curve. */
      readonly sparkline: Float64Array
    }
  | { readonly ok: false; readonly error: WireError }
)
