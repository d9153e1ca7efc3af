import type { NetworkConfig } from '../protocol/config.ts'
import { normal } from '../random/index.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Shape } from '../tape/value.ts'

/** One trainable tensor. `fanIn` and `fanOut` are those of the layer it belongs to. */
export interface Parameter {
  readonly name: string
  readonly kind: 'weight' | 'bias'
  readonly shape: Shape
  readonly fanIn: number
  readonly fanOut: number
}

/** What a network trains, in the order of its layers. */
export function listParameters(network: NetworkConfig, features: number): readonly Parameter[] {
  let fanIn = features
  return network.layers.flatMap(({ units }, index): readonly Parameter[] => {
    const layer = { fanIn, fanOut: units }
    const name = `layer${index + 1}`
    fanIn = units
    return [
      { name: `${name}.weight`, kind: 'weight', shape: [layer.fanIn, units], ...layer },
      { name: `${name}.bias`, kind: 'bias', shape: [units], ...layer },
    ]
  })
}

export const countParameters = (parameters: readonly Parameter[]): number =>
  parameters.reduce((count, { shape }) => count + sizeOf(shape), 0)

type Initialiser = NetworkConfig['initialiser']

/** Standard deviations of the initial weights: He et al. 2015 for ReLU, Glorot and Bengio 2010. */
const DEVIATIONS: { readonly [K in Initialiser]: (layer: Parameter) => number } = {
  he: ({ fanIn }) => Math.sqrt(2 / fanIn),
  xavier: ({ fanIn, fanOut }) => Math.sqrt(2 / (fanIn + fanOut)),
}

/** FNV-1a: gives every name a stream of its own, so that no tensor's values depend on another's. */
function streamOf(name: string): number {
  let hash = 0x811c9dc5
  for (const character of `parameter ${name}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return hash >>> 0
}

/** The value a parameter starts from. Biases start at zero. */
export function fillInitial(
  values: Float32Array,
  parameter: Parameter,
  initialiser: Initialiser,
  seed: number,
): void {
  if (parameter.kind === 'bias') {
    values.fill(0)
    return
  }
  const deviation = DEVIATIONS[initialiser](parameter)
  const stream = streamOf(parameter.name)
  for (let index = 0; index < values.length; index++) {
    values[index] = deviation * normal(seed, stream, index)
  }
}
