import { z } from 'zod'
import type { WireError } from '../errors.ts'
import { runName } from './config.ts'
import { METHOD_NAMES, searchSpace } from './space.ts'
import type { MethodName, Point, Scalar, SearchSpace } from './space.ts'
import type { BranchId } from './run.ts'

/** How long one trial trains. Exactly one unit: trials are compared after equal work, or after equal time. */
const trialBudget = z.union([
  z.strictObject({ steps: z.int().positive() }),
  z.strictObject({ epochs: z.number().positive() }),
  z.strictObject({ minutes: z.number().positive().describe('Of training; evaluations aside.') }),
])
export type TrialBudget = z.output<typeof trialBudget>

/** Trials that fall behind are stopped early, by asynchronous successive halving. */
const stopEarly = z.strictObject({
  eta: z.int().min(2).max(10).default(3).describe('Of those compared, one in eta goes on.'),
  least: trialBudget.describe('After how much work trials are first compared.'),
})

/** How a population is bred: at each exchange the worst go on as changed copies of the best. */
const population = z.strictObject({
  every: trialBudget.describe('After how much work members are compared, again and again.'),
  share: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.25)
    .describe('The share of members that gives way, and the share that is copied.'),
})

/** What `panda search` reads: a run's config, what of it is searched, how, and for how long. */
export const studyConfig = z.strictObject({
  $schema: z.string().optional(),
  name: runName.optional(),
  seed: z.int().nonnegative().max(0xffff_ffff).default(1),
  /** As `panda new` takes it; checked with each trial's values in it. */
  run: z.record(z.string(), z.unknown()),
  space: searchSpace,
  method: z.enum(METHOD_NAMES).default('random'),
  trials: z.int().min(1).max(100_000).default(20),
  parallel: z.int().min(1).max(256).optional().describe('Default: one trial for each core.'),
  budget: trialBudget,
  stop_early: stopEarly.optional(),
  population: population.optional().describe('With the method population, and only there.'),
  measure: z
    .enum(['dev_error', 'dev_cost'])
    .optional()
    .describe('What the best has least of. Default: the error where there are classes.'),
})
export type StudyConfig = z.output<typeof studyConfig>

export const TRIAL_STATES = [
  'waiting', // proposed, not begun
  'running',
  'paused', // saved; goes on when the study does
  'stopped-early', // fell behind; may still climb on
  'done', // its whole budget
  'diverged', // a step, or the dev cost, was not finite
  'failed', // could not be built, or its worker broke
  'cancelled', // by a person
  'replaced', // of a population: gave way to a changed copy of a better one
] as const
/** What became of a trial. */
export type TrialState = (typeof TRIAL_STATES)[number]

export const STUDY_STATES = ['running', 'paused', 'done'] as const
export type StudyState = (typeof STUDY_STATES)[number]

/** What trials are compared by; lower is better. */
export type Measure = NonNullable<StudyConfig['measure']>

/** One trial: what it tries and how far it came. */
export interface TrialSummary {
  readonly trial: number
  readonly branch: BranchId
  /** Of a population: which trial it is a copy of, and from which step on it is itself. Else null. */
  readonly parent: { readonly trial: number; readonly step: number } | null
  readonly point: Point
  readonly state: TrialState
  readonly step: number
  /** Null where no config could be made of its point, and of a budget in minutes. */
  readonly budgetSteps: number | null
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  /** What trials are compared by, when last measured; null before that. */
  readonly value: number | null
  /** How many rungs it has reached, where trials are stopped early; else 0. */
  readonly rung: number
  /** Why it failed or diverged; null otherwise. */
  readonly reason: string | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** How many numbers it trains; null before it is built. */
  readonly parameters: number | null
}

/** What the journal of a study holds: its own words, in the table that runs have theirs in. */
export type StudyEntry = { readonly at: number } & (
  | { readonly kind: 'study-paused' | 'study-resumed' | 'study-done' }
  | { readonly kind: 'trial-cancelled'; readonly trial: number }
  | { readonly kind: 'trials-added'; readonly trials: number }
  | { readonly kind: 'space-changed'; readonly from: SearchSpace; readonly to: SearchSpace }
)

/** Everything a view needs to draw a study. Later events bring it forward. */
export interface StudySnapshot {
  readonly study: string
  readonly file: string
  readonly createdAt: number
  readonly config: StudyConfig
  readonly measure: Measure
  readonly state: StudyState
  readonly trials: readonly TrialSummary[]
  /** The trial that has reached the lowest value; null before one is measured. */
  readonly best: number | null
  /** Steps taken by all trials together. */
  readonly steps: number
  /** How many examples one epoch has. */
  readonly trainExamples: number
  readonly journal: readonly StudyEntry[]
  /** What ended its care, until it is taken up again; null where nothing did. */
  readonly failure: WireError | null
}

/** What a study says of one trial. */
export type TrialEvent =
  | { readonly type: 'trial-changed'; readonly trial: TrialSummary }
  | {
      readonly type: 'metrics'
      readonly trial: number
      /** The costs since last told, thinned: a bucket up to each step, with its extremes and its mean. */
      readonly step: Float64Array
      readonly min: Float64Array
      readonly max: Float64Array
      readonly mean: Float64Array
    }
  | {
      readonly type: 'evaluated'
      readonly trial: number
      readonly step: number
      readonly devCost: number
      readonly devAccuracy: number | null
    }

/** What a study says while it runs. */
export type StudyEvent =
  | TrialEvent
  /** What many trials came to since last told, in the order in which it is to be taken. */
  | { readonly type: 'together'; readonly events: readonly TrialEvent[] }
  | { readonly type: 'study-state'; readonly state: StudyState }
  /** Trials were added, or the space changed. */
  | { readonly type: 'study-changed'; readonly config: StudyConfig }
  | { readonly type: 'study-journaled'; readonly entry: StudyEntry }
  /** What is worth saying and needs nothing done: fewer trials at once than asked for. */
  | { readonly type: 'notice'; readonly message: string }
  /** Its thread broke. Everything that was saved is in the file; it can be taken up again. */
  | { readonly type: 'study-failed'; readonly error: WireError }

/** One thing that a study says. */
export type StudyWord = Exclude<StudyEvent, { readonly type: 'together' }>

/** What an event says, one by one, in order. */
export const wordsOf = (event: StudyEvent): readonly StudyWord[] =>
  event.type === 'together' ? event.events : [event]

/** One line of the home view. */
export type StudySummary = { readonly study: string; readonly file: string } & (
  | {
      readonly ok: true
      readonly state: StudyState
      readonly createdAt: number
      readonly method: MethodName
      readonly measure: Measure
      /** How many trials are to be; how many have ended, in whatever way; and how many run now. */
      readonly asked: number
      readonly ended: number
      readonly running: number
      readonly best: { readonly trial: number; readonly value: number } | null
      /** The lowest value after each trial that was measured, for a small curve. */
      readonly progress: Float64Array
      readonly failure: WireError | null
    }
  | { readonly ok: false; readonly error: WireError }
)

export const curvesQuery = z.strictObject({
  metric: z.enum(['cost', 'dev_cost', 'dev_accuracy']),
  /** Which trials; all where absent. */
  trials: z.array(z.int().positive()).max(100_000).optional(),
  points: z.int().min(1).max(10_000).default(200).describe('For each trial, at the most.'),
})
export type CurvesQuery = z.input<typeof curvesQuery>

/** The curve of one trial, thinned: a bucket up to each step, with its extremes and its mean. */
export interface TrialCurve {
  readonly trial: number
  readonly step: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
}

/** How much of what trials came to is due to one dimension. */
export interface Importance {
  readonly path: string
  /** Shares of all dimensions add up to 1. */
  readonly share: number
  /** Between which the share lies in the middle four fifths of repetitions. */
  readonly low: number
  readonly high: number
}

/** One round of coarse to fine. */
export interface ZoomRound {
  /** The first and the last of its trials. */
  readonly from: number
  readonly to: number
  readonly sides: readonly {
    readonly path: string
    readonly low: Scalar
    readonly high: Scalar
    /** The best of the round before lay at its border, so this side opened instead of closing. */
    readonly isWidened: boolean
  }[]
}

/** What a Gaussian process believes of the end along one dimension, all others as the best trial has them. */
export interface SurrogateLine {
  readonly path: string
  /** Values of the dimension, even on its scale; of a choice, all there are. */
  readonly values: readonly Scalar[]
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** What the trials so far say of the space. */
export interface StudyInsight {
  /** How many trials it rests on. */
  readonly measured: number
  /** Most important first; null while there are too few trials to tell. */
  readonly importance: readonly Importance[] | null
  /** Empty unless the method is coarse to fine. */
  readonly rounds: readonly ZoomRound[]
  /** Empty while there are too few trials to believe anything. */
  readonly surrogate: readonly SurrogateLine[]
}

export const adoptRequest = z.strictObject({
  trial: z.union([z.literal('best'), z.int().positive()]),
  name: z.string().max(200).optional().describe("Default: the study's with the trial's number."),
  from_scratch: z.boolean().default(false).describe("The trial's config alone."),
})
export type AdoptRequest = z.input<typeof adoptRequest>

export interface AdoptReply {
  readonly run: string
  readonly file: string
  readonly trial: number
  /** Where the new run stands. */
  readonly step: number
  readonly parameters: number
}

export const adviceRequest = z.strictObject({
  /** A run's config, as `panda new` takes it; the run's own where absent. */
  config: z.unknown().optional(),
  base: z.string().max(4096).optional(),
  run: z.string().min(1).max(4096).optional().describe('A run whose data are trained on.'),
  /** How long one has. */
  days: z.number().positive().max(10_000),
  cores: z.int().min(1).max(4096).optional().describe('Default: those of this machine.'),
  /** How long one model wants to train. */
  epochs: z.number().positive().max(1e9),
})
export type AdviceRequest = z.output<typeof adviceRequest>

/** Panda or caviar: what the time and the cores one has are enough for. */
export interface Advice {
  readonly way: 'panda' | 'search-then-panda' | 'caviar'
  /** Why, in a sentence or two with the figures in it. */
  readonly reason: string
  /** Measured here: a step with all threads, and one with a single thread, as a trial has it. */
  readonly stepMs: number
  readonly trialStepMs: number
  readonly stepsPerEpoch: number
  /** One model, all threads, all epochs. */
  readonly modelHours: number
  /** How many such models fit into the time, one thread each, on all cores (or as many as memory holds). */
  readonly models: number
  readonly parallel: number
  /** The search that is recommended, before day 0 or instead of a panda; null where none is. */
  readonly search: {
    readonly trials: number
    /** How many at once. */
    readonly parallel: number
    /** How long each trains, and what that is in steps with mini-batches as they are. */
    readonly epochs: number
    readonly steps: number
    /** Are those that fall behind stopped? */
    readonly stopsEarly: boolean
    /** What it takes of the time. */
    readonly hours: number
  } | null
}
