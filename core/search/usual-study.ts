import type { MethodName, SearchSpace } from '../protocol/space.ts'
import { searchablePaths } from './defaults.ts'

/** Of those that are compared one in so many goes on. */
export const USUAL_ETA = 3
/** Enough trials for the first of them to say something about the others. */
export const ENOUGH_TO_COMPARE = 9
/** How many trials there are, and how long each trains, where nobody says otherwise. */
const USUAL_TRIALS = 20
export const USUAL_EPOCHS = 3

/** What is worth searching first: how fast, how noisy, how wide, how long the averages remember. */
const FIRST: readonly RegExp[] = [
  /^hyperparameters\.learning_rate$/,
  /^hyperparameters\.batch_size$/,
  /^network\.layers\.\d+\.(units|filters)$/,
  /^hyperparameters\.(beta1|momentum)$/,
]

/**
 * A space that makes sense for a run's config, to begin with: of several layers the first. Mini-batches are
 * no larger than `trainExamples`, where that is known.
 */
export function usualSpace(run: unknown, trainExamples: number | null): SearchSpace {
  const searchable = searchablePaths(run, trainExamples === null ? {} : { trainExamples })
  return Object.fromEntries(
    FIRST.flatMap((pattern) => {
      const found = searchable.find(({ path }) => pattern.test(path))
      return found === undefined ? [] : [[found.path, found.suggestion]]
    }),
  )
}

/** The amount of training after which trials are first compared: two comparisons before the whole of it. */
const usualLeast = (epochs: number, eta = USUAL_ETA): number =>
  Number((epochs / (eta * eta)).toPrecision(2))

interface Asked {
  readonly method?: MethodName | undefined
  readonly trials?: number | undefined
  readonly epochs?: number | undefined
}

/** A study of a run, as somebody would write it who says no more than this. */
export function usualStudy(run: unknown, trainExamples: number, asked: Asked) {
  const { method = 'random', trials = USUAL_TRIALS, epochs = USUAL_EPOCHS } = asked
  const stops = method !== 'population' && trials >= ENOUGH_TO_COMPARE
  return {
    space: usualSpace(run, trainExamples),
    method,
    trials,
    budget: { epochs },
    ...(stops && { stop_early: { eta: USUAL_ETA, least: { epochs: usualLeast(epochs) } } }),
  }
}
