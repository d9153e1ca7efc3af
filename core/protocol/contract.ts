import { z } from 'zod'
import { call } from './call.ts'
import type { CallRow } from './call.ts'
import { describeRequest } from './describe-data.ts'
import type { DataDescription } from './describe-data.ts'
import { evaluateOptions, exportRequest, predictRequest, preflightRequest } from './examine.ts'
import type {
  EvaluationReply,
  ExportReply,
  PredictionReply,
  PreflightProgress,
  PreflightReply,
  RunInputs,
} from './examine.ts'
import {
  flatCondition,
  noteSubject,
  nudgeChanges,
  nudgeRamp,
  rollbackOptions,
  trainAmount,
} from './run.ts'
import type {
  CheckpointReply,
  CheckpointSummary,
  DaySummary,
  DayVerification,
  JournalEntry,
  MetricSeries,
  NudgeReply,
  PausedReply,
  RollbackPreview,
  RunEvent,
  RunSnapshot,
  RunSummary,
} from './run.ts'
import { settingsChange } from './settings.ts'
import type { SettingsReply } from './settings.ts'
import { STUDY_CALLS } from './study-calls.ts'
import type { StudyEvent } from './study.ts'

/** A run's name, a unique prefix of it, or the path of a `.panda` file. */
const run = z.string().min(1).max(4096)

const seriesQuery = z.strictObject({
  metric: z.string().min(1).max(100),
  branch: z
    .string()
    .regex(/^b\d{1,9}$/)
    .transform((text) => text as `b${number}`)
    .optional(),
  scope: z.enum(['lineage', 'branch']).optional(),
  from: z.int().nonnegative().optional(),
  to: z.int().nonnegative().optional(),
  points: z.int().min(1).max(100_000).optional(),
})

export interface CreateReply {
  readonly run: string
  readonly file: string
  readonly parameters: number
  /** An estimate of what training it takes. */
  readonly memoryBytes: number
}

/** Where a run is, after it came to be or was moved. */
export interface PlaceReply {
  readonly run: string
  readonly file: string
}

const target = z.string().min(1).max(40)

/** Everything a window, a browser or a terminal can ask of a host. A new line here fails the build until the host answers it. */
export const CALLS = {
  'runs:list': call<readonly RunSummary[]>()(z.tuple([])),
  /** `config` as a person wrote it; the host checks it against `runConfig`. Paths in it are relative to `base`. */
  'runs:create': call<CreateReply>()(
    z.tuple([
      z.strictObject({
        config: z.unknown(),
        name: z.string().max(200).optional(),
        base: z.string().max(4096).optional(),
      }),
    ]),
  ),
  /** The state of a run, live or resting. Touches nothing. */
  'run:show': call<RunSnapshot>()(z.tuple([run])),
  /** Starts or goes on; acknowledged once the session has taken it, before the first step. */
  'run:train': call<PausedReply>()(z.tuple([run, trainAmount])),
  /** Acknowledged when the run stands still and is saved. */
  'run:pause': call<PausedReply>()(z.tuple([run])),
  'run:nudge': call<NudgeReply>()(z.tuple([run, nudgeChanges, nudgeRamp.optional()])),
  /** A nudge that waits for a flat dev cost. It is journaled now, and again when it takes force. */
  'run:plan-nudge': call<JournalEntry>()(
    z.tuple([run, nudgeChanges, flatCondition, nudgeRamp.optional()]),
  ),
  /** Takes a planned nudge back; by the id of its entry in the journal. */
  'run:drop-plan': call<JournalEntry>()(z.tuple([run, z.int().positive()])),
  'run:checkpoint': call<CheckpointReply>()(z.tuple([run])),
  /** Target: a day of the lineage (`2`), of another branch (`b1:2`), or a checkpoint (`c17`). */
  'run:preview-rollback': call<RollbackPreview>()(z.tuple([run, target])),
  'run:rollback': call<CheckpointReply>()(z.tuple([run, target, rollbackOptions])),
  'run:undo': call<CheckpointReply>()(z.tuple([run])),
  'run:note': call<JournalEntry>()(
    z.tuple([run, z.string().trim().min(1).max(10_000), noteSubject.optional()]),
  ),
  /** Replays closed days of the head's lineage (one, or all where null) and compares. */
  'run:verify': call<readonly DayVerification[]>()(z.tuple([run, z.int().positive().nullable()])),
  'run:days': call<readonly DaySummary[]>()(z.tuple([run])),
  'run:checkpoints': call<readonly CheckpointSummary[]>()(z.tuple([run])),
  'run:journal': call<readonly JournalEntry[]>()(z.tuple([run])),
  /** `metric`: `cost`, `dev_cost`, … or a vital sign, as in `layer1.weight/update_ratio`. */
  'run:series': call<MetricSeries>()(z.tuple([run, seriesQuery])),
  /** Cost, accuracy and confusion on the dev set, the training set or files. Leaves the run alone. */
  'run:evaluate': call<EvaluationReply>()(z.tuple([run, evaluateOptions])),
  /** What the network answers to new examples. Leaves the run alone. */
  'run:predict': call<PredictionReply>()(z.tuple([run, predictRequest])),
  /** Writes the network, or its parameters, into a file; whole or not at all. Leaves the run alone. */
  'run:export': call<ExportReply>()(z.tuple([run, exportRequest])),
  /** Three checks before a long run, outside any run. Takes seconds to minutes; ends with the host. */
  'run:preflight': call<PreflightReply>()(z.tuple([preflightRequest])),
  /** What one example of the run looks like. */
  'run:inputs': call<RunInputs>()(z.tuple([run])),
  /** Lets go of a failed session and opens the run anew, from its newest good checkpoint. */
  'run:reopen': call<PausedReply>()(z.tuple([run])),
  /** Refused while it trains. Its history stays as it is. */
  'run:rename': call<PlaceReply>()(z.tuple([run, z.string().min(1).max(200)])),
  /** Into the system's trash, whence it can be had back. Refused while it trains. */
  'run:delete': call<PlaceReply>()(z.tuple([run])),
  /** A second panda: a copy with the history up to a day, a checkpoint or, where absent, now. Stands still. */
  'run:duplicate': call<PlaceReply>()(
    z.tuple([run, z.strictObject({ name: z.string().min(1).max(200), target: target.optional() })]),
  ),
  'data:describe': call<DataDescription>()(z.tuple([describeRequest])),
  'settings:read': call<SettingsReply>()(z.tuple([])),
  'settings:write': call<SettingsReply>()(z.tuple([settingsChange])),
  ...STUDY_CALLS,
} as const

export type Call = keyof typeof CALLS
type RowOf<C extends Call> = (typeof CALLS)[C]
export type Args<C extends Call> = RowOf<C> extends CallRow<infer A, unknown> ? A : never
export type Reply<C extends Call> = RowOf<C> extends { readonly reply?: infer R } ? R : never

/** What a host tells its clients unasked. */
export interface Feeds {
  /** `run` is the id that `run:show` answers in `facts.run`. */
  'run:event': { readonly run: string; readonly event: RunEvent }
  /** A run appeared, went, or changed outside this host: list again. */
  'runs:changed': Record<string, never>
  /** How far a pre-flight is, on this host. */
  'preflight:progress': PreflightProgress
  'settings:changed': SettingsReply
  /** `study` is the name that `study:show` answers. */
  'study:event': { readonly study: string; readonly event: StudyEvent }
  /** A study appeared, went, or changed outside this host: list again. */
  'studies:changed': Record<string, never>
}
export type Feed = keyof Feeds
export const FEED_NAMES = [
  'run:event',
  'runs:changed',
  'preflight:progress',
  'settings:changed',
  'study:event',
  'studies:changed',
] as const satisfies readonly Feed[]

/** What a host must implement. */
export type CallHandlers = {
  readonly [C in Call]: (...args: Args<C>) => Reply<C> | Promise<Reply<C>>
}

/** A host as its clients see it, wherever it lives: in this process or at the far end of a channel. */
export interface HostClient {
  /** Rejects with a PandaError. */
  call<C extends Call>(name: C, ...args: Args<C>): Promise<Reply<C>>
  on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void): () => void
}
