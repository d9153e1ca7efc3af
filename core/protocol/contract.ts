import { z } from 'zod'
import { nudgeChanges, rollbackOptions, trainAmount } from './run.ts'
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

/** One call: what it takes (checked at the door) and, for the compiler alone, what it answers. */
interface CallRow<Args extends readonly unknown[], Reply> {
  readonly args: z.ZodType<Args>
  readonly reply?: Reply
}

const call =
  <Reply>() =>
  <Args extends readonly unknown[]>(args: z.ZodType<Args>): CallRow<Args, Reply> => ({ args })

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

/** Everything a window, a browser or a terminal can ask of a host. A new line here fails the build until the host answers it. */
export const CALLS = {
  'runs:list': call<readonly RunSummary[]>()(z.tuple([])),
  /** `config` as a person wrote it; the host checks it against `runConfig`. Paths in it are relative to `base`. */
  'runs:create': call<{ readonly run: string; readonly file: string }>()(
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
  'run:nudge': call<NudgeReply>()(z.tuple([run, nudgeChanges])),
  'run:checkpoint': call<CheckpointReply>()(z.tuple([run])),
  /** Target: a day of the lineage (`2`), of another branch (`b1:2`), or a checkpoint (`c17`). */
  'run:preview-rollback': call<RollbackPreview>()(z.tuple([run, z.string().min(1).max(40)])),
  'run:rollback': call<CheckpointReply>()(
    z.tuple([run, z.string().min(1).max(40), rollbackOptions]),
  ),
  'run:undo': call<CheckpointReply>()(z.tuple([run])),
  'run:note': call<JournalEntry>()(z.tuple([run, z.string().min(1).max(10_000)])),
  /** Replays closed days of the head's lineage (one, or all where null) and compares. */
  'run:verify': call<readonly DayVerification[]>()(z.tuple([run, z.int().positive().nullable()])),
  'run:days': call<readonly DaySummary[]>()(z.tuple([run])),
  'run:checkpoints': call<readonly CheckpointSummary[]>()(z.tuple([run])),
  'run:journal': call<readonly JournalEntry[]>()(z.tuple([run])),
  'run:series': call<MetricSeries>()(z.tuple([run, seriesQuery])),
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
}
export type Feed = keyof Feeds
export const FEED_NAMES = ['run:event', 'runs:changed'] as const satisfies readonly Feed[]

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
