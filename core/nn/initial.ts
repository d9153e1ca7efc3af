import type { NetworkConfig } from '../protocol/network.ts'
import { normal } from '../random/index.ts'
import type { Parameter, Start } from './layers/layer.ts'

type Initialiser = NetworkConfig['initialiser']
type Scaled = Extract<Start, { readonly kind: 'scaled' }>

/** Standard deviations of the initial weights: He et al. 2015, and Glorot and Bengio 2010. */
const DEVIATIONS: { readonly [K in Initialiser]: (start: Scaled) => number } = {
  he: ({ fanIn, gain }) => Math.sqrt(gain / fanIn),
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

/** Fills in the values a parameter starts from: a pure function of the seed and its name. */
export function fillInitial(
  values: Float32Array,
  { name, start }: Parameter,
  initialiser: Initialiser,
  seed: number,
): void {
  if (start.kind === 'same') {
    values.fill(start.value)
    return
  }
  const deviation = start.kind === 'normal' ? start.deviation : DEVIATIONS[initialiser](start)
  const stream = streamOf(name)
  for (let index = 0; index < values.length; index++) {
    values[index] = deviation * normal(seed, stream, index)
  }
}
