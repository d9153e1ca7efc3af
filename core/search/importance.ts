import { RandomForestRegression } from 'ml-random-forest'
import type { SearchSpace } from '../protocol/space.ts'
import type { Importance } from '../protocol/study.ts'
import { shuffle, uniform } from '../random/index.ts'
import type { EndBelief } from './end-belief.ts'
import { fewestForImportance } from './fewest-trials.ts'
import { pathsOf, placeOf, pointAt } from './space.ts'
import type { UnitPoint } from './space.ts'
import type { Tamed } from './tamed.ts'

const STREAM = 500
/** Forests, each of trees grown on draws of their own: how much their shares differ is how sure they are. */
const FORESTS = 10
const TREES = 10
/** Points of the space at which each dimension is changed. */
const PLACES = 256
/** Growing a tree takes time as the square of its trials. Of more than these each forest draws its own. */
const MOST_TRIALS = 120

/** Leaves of a few trials, so that trees don't learn noise by heart. */
const TREE_OPTIONS = { minNumSamples: 4 }

/**
 * ml-cart 2.1.1 takes a split that leaves no error at all for none, and predicts the mean of both sides. So
 * values that are the same are set apart by this share of the spread.
 */
const APART = 1e-6

/** A dimension that is not asked for has a value of its own, outside of all others. */
const ABSENT = -1

/** What a tree may ask about a point: the place of each number, and of each choice whether it was made. */
function featuresOf(space: SearchSpace, unit: UnitPoint): number[] {
  const point = pointAt(space, unit)
  return pathsOf(space).flatMap((path) => {
    const [dimension, value] = [space[path], point[path]]
    if (dimension?.type === 'choice') return dimension.values.map((one) => Number(one === value))
    if (dimension === undefined || value === undefined) return [ABSENT]
    return [placeOf(path, dimension, value)]
  })
}

/**
 * How much of what trials came to is due to each dimension, most important first. Random forests are grown
 * on the trials (Breiman 2001), and asked at points drawn evenly from the space how much their answer moves
 * when one dimension alone is drawn anew: the total effect of that dimension, with its part in every
 * interaction (Jansen 1999), as functional ANOVA takes apart a forest's answers (Hutter et al. 2014). Null
 * with too few trials, or where all came to the same. Reproducible from the seed. `ends`: what trials that were
 * stopped early may have come to, where some were; each forest is then grown on a draw of its own.
 */
export function importanceOf(
  space: SearchSpace,
  tamed: readonly Pick<Tamed, 'unit' | 'value'>[],
  seed: number,
  ends: EndBelief['ends'] = null,
): readonly Importance[] | null {
  const paths = pathsOf(space)
  if (tamed.length < fewestForImportance(paths.length)) return null
  const values = tamed.map(({ value }) => value)
  const spread = Math.max(...values) - Math.min(...values)
  if (spread === 0) return null
  const all = tamed.map(({ unit, value }, i) => ({
    unit,
    features: featuresOf(space, unit),
    value: value + APART * spread * uniform(seed, STREAM - 1, i),
  }))
  const { base, moved } = placesOf(space, paths.length, seed)
  // All draws before the first forest: its views of matrices make ml-matrix six times slower from there on.
  const samples = Array.from({ length: FORESTS }, (_, i) => {
    const trials = shuffle(all, seed, STREAM, i).slice(0, MOST_TRIALS)
    const units = trials.map(({ unit }) => unit)
    return {
      features: trials.map((trial) => trial.features),
      sample: [...(ends?.(units, i) ?? trials.map((trial) => trial.value))],
    }
  })

  const shares = samples
    .map(({ features, sample }, i) => {
      const forest = new RandomForestRegression({
        nEstimators: TREES,
        seed: (seed + Math.imul(i + 1, 0x9e37_79b9)) | 0,
        noOOB: true,
        treeOptions: TREE_OPTIONS,
      })
      forest.train(features, sample)
      const before = forest.predict(base)
      return sharesOf(
        moved.map((places) => {
          const after = forest.predict(places)
          return after.reduce((sum, value, at) => sum + (value - (before[at] ?? value)) ** 2, 0)
        }),
      )
    })
    .filter((each) => each !== null)
  if (shares.length === 0) return null

  return paths
    .map((path, d) => {
      const sorted = shares.map((each) => each[d] ?? 0).toSorted((a, b) => a - b)
      const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
      const mean = sorted.reduce((sum, share) => sum + share, 0) / sorted.length
      return { path, share: mean, low: Math.min(at(0.1), mean), high: Math.max(at(0.9), mean) }
    })
    .toSorted((a, b) => b.share - a.share)
}

/** Points of the space, and for each dimension the same points with that one drawn anew. */
function placesOf(space: SearchSpace, dimensions: number, seed: number) {
  const draw = (stream: number, at: number) => uniform(seed, STREAM + stream, at)
  const units = Array.from({ length: PLACES }, (_, at) =>
    Array.from({ length: dimensions }, (_, d) => draw(d, at)),
  )
  return {
    base: units.map((unit) => featuresOf(space, unit)),
    moved: Array.from({ length: dimensions }, (_, d) =>
      units.map((unit, at) => featuresOf(space, unit.with(d, draw(dimensions + d, at)))),
    ),
  }
}

/** Parts that add up to 1; null where there is nothing to share. */
function sharesOf(effects: readonly number[]): readonly number[] | null {
  const all = effects.reduce((sum, effect) => sum + effect, 0)
  return all > 0 ? effects.map((effect) => effect / all) : null
}
