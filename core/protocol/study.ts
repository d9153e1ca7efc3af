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

/** What became of a trial. */
export type TrialState =
  | 'waiting' // proposed, not begun
  | 'running'
  | 'paused'
  | 'stopped-early' // fell behind; may still climb on
  | 'done' // its whole budget
  | 'diverged' // a step was not finite
  | 'failed' // could not be built, or its worker broke
  | 'cancelled' // by a person

/** One trial: what it tries and how far it came. */
export interface TrialSummary {
  readonly trial: number
  readonly branch: BranchId
  readonly point: Point
  readonly state: TrialState
  readonly step: number
  readonly budgetSteps: number | null
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  /** What trials are compared by; null until it is measured. */
  readonly value: number | null
  /** Why it failed; null otherwise. */
  readonly reason: string | null
  readonly startedAt: number | null
  readonly endedAt: number | null
}
