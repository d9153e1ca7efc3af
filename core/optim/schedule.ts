import type { Hyperparameters, ScheduleName } from '../protocol/hyperparameters.ts'

/** How far training has come. */
export interface Progress {
  /** Samples seen ÷ training-set size. */
  readonly epoch: number
  /** Steps completed. */
  readonly step: number
}

/**
 * What α is multiplied by, by name. A parameter that is missing, as in runs from before there were
 * schedules, leaves α as it is.
 */
const FACTORS: { readonly [K in ScheduleName]: (knobs: Hyperparameters, epoch: number) => number } =
  {
    constant: () => 1,

    // 1 / (1 + decay · ⌊epoch⌋)
    inverse_time: ({ learning_rate_decay = 0 }, epoch) =>
      1 / (1 + learning_rate_decay * Math.floor(epoch)),

    // k^⌊epoch⌋
    exponential: ({ decay_factor = 1 }, epoch) => decay_factor ** Math.floor(epoch),

    // 1 / √(⌊epoch⌋ + 1)
    inverse_sqrt: (_, epoch) => 1 / Math.sqrt(Math.floor(epoch) + 1),

    // k^⌊epoch / n⌋
    staircase: ({ decay_factor = 1, decay_epochs = Infinity }, epoch) =>
      decay_factor ** Math.floor(epoch / decay_epochs),

    // floor + (1 − floor) · (1 + cos(π · min(1, epoch / n))) / 2    (Loshchilov & Hutter, 2017)
    cosine: ({ cosine_epochs = Infinity, learning_rate_floor = 0 }, epoch) => {
      const part = Math.min(1, epoch / cosine_epochs)
      return learning_rate_floor + ((1 - learning_rate_floor) * (1 + Math.cos(Math.PI * part))) / 2
    },
  }

/** Warm-up: a straight line that reaches 1 with the last of its steps. */
const warmedUp = ({ warmup_steps = 0 }: Hyperparameters, step: number): number =>
  warmup_steps > 0 ? Math.min(1, (step + 1) / warmup_steps) : 1

/** α as the next step uses it. Throws an Error where `knobs` has no learning rate. */
export function scheduledLearningRate(
  schedule: ScheduleName,
  knobs: Hyperparameters,
  { epoch, step }: Progress,
): number {
  const base = knobs.learning_rate
  if (base === undefined) throw new Error('a schedule needs learning_rate')
  return base * FACTORS[schedule](knobs, epoch) * warmedUp(knobs, step)
}
