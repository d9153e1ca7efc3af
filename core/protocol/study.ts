import { z } from 'zod'
import { runName } from './config.ts'
import { METHOD_NAMES, searchSpace } from './space.ts'
import type { Point } from './space.ts'
import type { BranchId } from './run.ts'

/** How long one trial trains. Exactly one unit: trials are compared after equal work. */
const trialBudget = z.union([
  z.strictObject({ steps: z.int().positive() }),
  z.strictObject({ epochs: z.number().positive() }),
])
export type TrialBudget = z.output<typeof trialBudget>

/** Trials that fall behind are stopped early, by asynchronous successive halving. */
const stopEarly = z.strictObject({
  eta: z.int().min(2).max(10).default(3).describe('Of those compared, one in eta goes on.'),
  least: trialBudget.describe('After how much work trials are first compared.'),
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
  readonly point: Point
  readonly state: TrialState
  readonly step: number
  /** Null where no config could be made of its point. */
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
}

/** What a study says while it runs. */
export type StudyEvent =
  | { readonly type: 'study-state'; readonly state: StudyState }
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
  /** What is worth saying and needs nothing done: fewer trials at once than asked for. */
  | { readonly type: 'notice'; readonly message: string }
