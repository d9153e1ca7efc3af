import type { Watched } from '../nn/forward.ts'
import {
  concat,
  max,
  mean,
  positive,
  reshape,
  scale,
  slice,
  sqrt,
  sub,
  sumSquares,
} from '../tape/functions.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Value } from '../tape/value.ts'
import type { Vitals } from './engine.ts'
import type { BoundPack, Pack } from './pack.ts'

/** What stands where in a vector of vital signs. */
export interface SignList {
  /** Of each place of the vector. */
  readonly names: readonly string[]
  /** The layers that are watched. */
  readonly layers: readonly string[]
}

/** Signs of health as one vector of a graph, so that they cost one tensor to fetch. */
export interface VitalSigns extends SignList {
  readonly values: Value
}

const GRADIENT_SQUARES = 'gradient_squares'
const WEIGHT_SQUARES = 'weight_squares'
const MEAN = 'mean'
const DEVIATION = 'deviation'
const DEAD = 'dead'

const signOf = (owner: string, sign: string): string => `${owner}/${sign}`

/** √ of the mean square around the mean: of the differences, which a large mean does not drown. */
function deviation(z: Value, meanOfZ: Value): Value {
  const difference = sub(z, meanOfZ)
  return sqrt(scale(sumSquares(difference), 1 / sizeOf(z.shape)))
}

/** Share of the units that a rectifier holds at 0 for the whole batch. Images have their units on axis 1. */
function deadShare(rectified: Value): Value {
  const units = rectified.shape.length === 4 ? 1 : rectified.shape.length - 1
  const others = [...rectified.shape.keys()].filter((axis) => axis !== units)
  const largest = max(rectified, others)
  return sub(rectified.tape.constant(1), mean(positive(largest)))
}

/** Records the vital signs of a step: of every parameter, and of every layer that is watched. */
export function vitalSigns(
  pack: Pack,
  parameters: BoundPack,
  gradients: readonly Value[],
  watched: readonly Watched[],
): VitalSigns {
  const signs: (readonly [name: string, value: Value])[] = []
  pack.rows.forEach(({ name, from, length }, index) => {
    const gradient = pack.isFlat
      ? slice(gradients[0] as Value, 0, from, length)
      : (gradients[index] as Value)
    signs.push([signOf(name, GRADIENT_SQUARES), sumSquares(gradient)])
    signs.push([signOf(name, WEIGHT_SQUARES), sumSquares(parameters.value(name))])
  })
  for (const { layer, preActivation, rectified } of watched) {
    const average = mean(preActivation)
    signs.push([signOf(layer, MEAN), average])
    signs.push([signOf(layer, DEVIATION), deviation(preActivation, average)])
    if (rectified !== null) signs.push([signOf(layer, DEAD), deadShare(rectified)])
  }
  return {
    names: signs.map(([name]) => name),
    layers: watched.map(({ layer }) => layer),
    values: concat(
      signs.map(([, value]) => reshape(value, [1])),
      0,
    ),
  }
}

/** Reads a fetched vector of vital signs. `ratios`: the updates' relative lengths, by parameter. */
export function readVitals(
  { names, layers }: SignList,
  values: Float32Array,
  ratios: ReadonlyMap<string, number>,
): Vitals {
  const byName = new Map(names.map((name, place) => [name, values[place] ?? NaN]))
  const read = (owner: string, sign: string): number => byName.get(signOf(owner, sign)) ?? NaN
  return {
    layers: layers.map((layer) => ({
      layer,
      preActivationMean: read(layer, MEAN),
      preActivationDeviation: read(layer, DEVIATION),
      deadShare: byName.get(signOf(layer, DEAD)) ?? null,
    })),
    parameters: [...ratios].map(([name, updateRatio]) => ({
      name,
      gradientNorm: Math.sqrt(read(name, GRADIENT_SQUARES)),
      weightNorm: Math.sqrt(read(name, WEIGHT_SQUARES)),
      updateRatio,
    })),
  }
}
