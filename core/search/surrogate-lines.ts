import type { Dimension, Scalar, SearchSpace } from '../protocol/space.ts'
import type { SurrogateLine } from '../protocol/study.ts'
import { FEWEST_FOR_BELIEF } from './fewest-trials.ts'
import { fitGaussianProcess, worthFitting } from './gaussian-process.ts'
import type { GaussianProcess } from './gaussian-process.ts'
import { encode } from './surrogate.ts'
import { pathsOf, placeOf, pointAt, valueAt } from './space.ts'
import type { UnitPoint } from './space.ts'
import type { Tamed } from './tamed.ts'

/** Of numbers; of a choice all are shown. */
const SHOWN = 60

/** Values of a dimension, even on its scale: all there are, or as many as a line needs. */
function shownValues(path: string, dimension: Dimension): readonly Scalar[] {
  if (dimension.type === 'choice') return dimension.values
  const { type, low, high } = dimension
  if (type === 'integer' && high - low < SHOWN) {
    return Array.from({ length: high - low + 1 }, (_, i) => low + i)
  }
  const even = Array.from({ length: SHOWN }, (_, i) => valueAt(path, dimension, i / (SHOWN - 1)))
  return [...new Set(even)]
}

/**
 * What a Gaussian process, fitted to the trials whatever method proposed them, believes along each dimension
 * through the best trial; through the best one that has the dimension, where the best of all has it not.
 * Beyond the ceiling of `tame` it knows no differences. Empty with too few trials.
 */
export function surrogateLines(
  space: SearchSpace,
  tamed: readonly Tamed[],
  seed: number,
): readonly SurrogateLine[] {
  if (tamed.length < FEWEST_FOR_BELIEF) return []
  const chosen = worthFitting(tamed)
  const process = fitGaussianProcess(
    chosen.map(({ unit }) => encode(space, unit)),
    chosen.map(({ value }) => value),
    seed,
  )
  const ranked = chosen.toSorted((a, b) => a.value - b.value)
  return pathsOf(space).flatMap((path, d) => {
    const through = ranked.find(({ unit }) => Object.hasOwn(pointAt(space, unit), path))
    const dimension = space[path]
    if (through === undefined || dimension === undefined) return []
    return [lineOf(process, space, { path, dimension, d, unit: through.unit })]
  })
}

interface Along {
  readonly path: string
  readonly dimension: Dimension
  /** Its place among `pathsOf`. */
  readonly d: number
  readonly unit: UnitPoint
}

function lineOf(
  process: GaussianProcess,
  space: SearchSpace,
  { path, dimension, d, unit }: Along,
): SurrogateLine {
  const values = shownValues(path, dimension)
  const beliefs = values.map((value) =>
    process.believe(encode(space, unit.with(d, placeOf(path, dimension, value)))),
  )
  return {
    path,
    values,
    mean: Float64Array.from(beliefs, ({ mean }) => mean),
    deviation: Float64Array.from(beliefs, ({ deviation }) => deviation),
  }
}
