import type { Dimension, Scalar, SearchSpace } from '../protocol/space.ts'
import type { SurrogateLine } from '../protocol/study.ts'
import type { EndBelief } from './end-belief.ts'
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
 * What is believed of the end along each dimension through the best trial; through the best one that has the
 * dimension, where the best of all has it not. Beyond the ceiling of `tame` no differences are known.
 */
export function surrogateLines(
  space: SearchSpace,
  tamed: readonly Tamed[],
  belief: EndBelief,
): readonly SurrogateLine[] {
  const ranked = tamed.toSorted((a, b) => a.value - b.value)
  return pathsOf(space).flatMap((path, d) => {
    const through = ranked.find(({ unit }) => Object.hasOwn(pointAt(space, unit), path))
    const dimension = space[path]
    if (through === undefined || dimension === undefined) return []
    return [lineOf(belief, { path, dimension, d, unit: through.unit })]
  })
}

interface Along {
  readonly path: string
  readonly dimension: Dimension
  /** Its place among `pathsOf`. */
  readonly d: number
  readonly unit: UnitPoint
}

function lineOf(belief: EndBelief, { path, dimension, d, unit }: Along): SurrogateLine {
  const values = shownValues(path, dimension)
  const beliefs = values.map((value) =>
    belief.believe(unit.with(d, placeOf(path, dimension, value))),
  )
  return {
    path,
    values,
    mean: Float64Array.from(beliefs, ({ mean }) => mean),
    deviation: Float64Array.from(beliefs, ({ deviation }) => deviation),
  }
}
