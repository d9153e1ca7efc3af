import { z } from 'zod'
import { hashParameters } from '../engine/hash.ts'
import { PandaError } from '../errors.ts'
import type { BranchId, CheckpointKind, CheckpointSummary } from '../protocol/run.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import {
  insertCheckpoint,
  loadCheckpoint,
  readCheckpointMeta,
  stateSha256,
} from '../store/checkpoints.ts'
import type { ReadableDb, WritableDb } from '../store/db.ts'
import { firstOfKind } from '../store/journal.ts'
import { engineFacts, readRun } from '../store/run.ts'
import type { EngineFacts } from '../store/run.ts'
import { latestVitals } from './latest-vitals.ts'
import type { Evaluation } from './learner.ts'
import type { Calendar } from './position.ts'
import { decodeSmall, decodeState, encodeState } from './training-state.ts'
import type { TrainingState } from './training-state.ts'

/** Where a run stands, in memory or as a checkpoint holds it. */
export interface Standing {
  readonly branch: BranchId
  readonly state: TrainingState
  readonly calendar: Calendar
  /** What computed this state; null before the first step, which any engine may take. */
  readonly engine: EngineFacts | null
  readonly cost: number | null
  readonly evaluation: (Evaluation & { readonly step: number }) | null
  /** The latest on the way here. They are in the records, so no checkpoint holds them. */
  readonly vitals: VitalSigns | null
  /** The checkpoint that holds exactly this; null if knobs or weights changed since it was taken. */
  readonly checkpoint: CheckpointSummary | null
}

/**
 * What lies beside the tensors. The calendar is no part of `stateSha256`: it never decides a weight. Nor is
 * the engine: where another one gets to the same bits, they are the same. Older checkpoints don't name it.
 */
const savedMeta = z.object({
  state: z.unknown(),
  stateSha256: z.string(),
  calendar: z.object({
    day: z.int(),
    dayFromStep: z.int(),
    dayFromSamples: z.int(),
    dayTrainedMs: z.number(),
    trainedMs: z.number(),
  }) satisfies z.ZodType<Calendar>,
  engine: engineFacts.nullable().optional(),
  cost: z.number().nullable(),
  evaluation: z
    .object({ cost: z.number(), accuracy: z.number().nullable(), step: z.int() })
    .nullable(),
})
type SavedMeta = z.output<typeof savedMeta>

/** Saves where a run stands as a checkpoint. On disk when the surrounding transaction is. */
export function saveStanding(
  db: WritableDb,
  standing: Omit<Standing, 'checkpoint' | 'vitals'>,
  kind: CheckpointKind,
  createdAt: number,
): CheckpointSummary {
  const { branch, state, calendar, engine, cost } = standing
  const { meta, payload } = encodeState(state)
  // A dev cost that overflowed is told and recorded, but JSON has no word for it.
  const evaluation = Number.isFinite(standing.evaluation?.cost) ? standing.evaluation : null
  const isFresh = evaluation?.step === state.position.step
  return insertCheckpoint(db, {
    branch,
    step: state.position.step,
    kind,
    createdAt,
    cost,
    devCost: isFresh ? evaluation.cost : null,
    devAccuracy: isFresh ? evaluation.accuracy : null,
    parametersSha256: hashParameters(state.engine),
    meta: {
      state: meta,
      stateSha256: stateSha256(meta, payload),
      calendar,
      engine,
      cost,
      evaluation,
    } satisfies SavedMeta,
    payload,
  })
}

export interface Restored {
  readonly standing: Standing
  readonly summary: CheckpointSummary
  /** SHA-256 of the state without the calendar: equal exactly when training goes on with the same bits. */
  readonly stateSha256: string
  /** The newest journal entry there was when it was taken. */
  readonly journalId: number
}

/**
 * What computed the checkpoints that don't name it. They come from when a run had one engine: that of its
 * first start. The run's own row names the latest.
 */
function firstEngineOf(db: ReadableDb): EngineFacts | null {
  const started = firstOfKind(db, 'started')
  if (started === undefined) return readRun(db).engine
  return { threads: started.threads, description: started.engine }
}

function parsedMeta(meta: unknown, { checkpoint }: CheckpointSummary): SavedMeta {
  const parsed = savedMeta.safeParse(meta)
  if (parsed.success) return parsed.data
  throw new PandaError('store/corrupt', `checkpoint ${checkpoint} is malformed`)
}

/** What a checkpoint says without its tensors: enough to list a run, whatever the size of its network. */
export function glance(db: ReadableDb, summary: CheckpointSummary) {
  const { meta, journalId } = readCheckpointMeta(db, summary.checkpoint)
  const { state, calendar, cost, evaluation } = parsedMeta(meta, summary)
  return { summary, journalId, state: decodeSmall(state), calendar, cost, evaluation }
}

/** What a checkpoint holds, as a place to stand on `branch`. Throws `store/corrupt` on rot. */
export function restore(
  db: ReadableDb,
  summary: CheckpointSummary,
  branch: BranchId = summary.branch,
): Restored {
  const { meta, payload, journalId } = loadCheckpoint(db, summary.checkpoint)
  const saved = parsedMeta(meta, summary)
  const { stateSha256, calendar, cost, evaluation } = saved
  const state = decodeState(saved.state, payload)
  const { engine = state.position.step === 0 ? null : firstEngineOf(db) } = saved
  const vitals = latestVitals(db, branch, state.position.step)
  return {
    summary,
    stateSha256,
    journalId,
    standing: { branch, state, calendar, engine, cost, evaluation, vitals, checkpoint: summary },
  }
}
