import type { LayerOf } from '../../protocol/network.ts'
import {
  add,
  lookup,
  matmul,
  reshape,
  scale,
  slice,
  softmax,
  transpose,
} from '../../tape/functions.ts'
import type { GradientTape } from '../../tape/tape.ts'
import type { Value } from '../../tape/value.ts'
import { same, wordsOf } from './layer.ts'
import type { LayerRules } from './layer.ts'

/** Vectors for ids, and for positions where asked: Vaswani et al. 2017, with learned positions. */
export const EMBEDDING: LayerRules<LayerOf<'embedding'>> = {
  plan({ units, positions }, { name, input, vocabulary, refuse }) {
    const [length] = input
    if (vocabulary === null || length === undefined || input.length !== 1) {
      return refuse(
        `takes ids, such as those of characters, not ${wordsOf(input)}`,
        'Use it as the first layer, on a text.',
      )
    }
    // Small enough for the first logits to be near zero, as in GPT-2.
    const start = { kind: 'normal', deviation: 0.02 } as const
    const table = { kind: 'weight', start } as const
    return {
      output: [length, units],
      parameters: [
        { name: `${name}.weight`, shape: [vocabulary, units], ...table },
        ...(positions ? [{ name: `${name}.positions`, shape: [length, units], ...table }] : []),
      ],
    }
  },
  forward({ layer, name }, ids, { parameter }) {
    const vectors = lookup(parameter(`${name}.weight`), ids)
    return layer.positions ? add(vectors, parameter(`${name}.positions`)) : vectors
  },
}

/** Far enough below any score for its share to be 0 in float32, and finite, so that no NaN can come of it. */
const HIDDEN = -1e9

const causalMasks = new WeakMap<GradientTape, Map<number, Value>>()

/** [T, T]: 0 where a position may look, and far below where it may not. One for all layers of a tape. */
function causalMask(tape: GradientTape, length: number): Value {
  const ofTape = causalMasks.get(tape) ?? new Map<number, Value>()
  causalMasks.set(tape, ofTape)
  const known = ofTape.get(length)
  if (known !== undefined) return known
  const hidden = Array.from({ length: length * length }, (_, place) =>
    place % length > Math.floor(place / length) ? HIDDEN : 0,
  )
  const mask = tape.tensor(hidden, [length, length])
  ofTape.set(length, mask)
  return mask
}

/** softmax(Q Kᵀ / √d) V in several heads: Vaswani et al. 2017, formula 1 and section 3.2.2. */
export const ATTENTION: LayerRules<LayerOf<'attention'>> = {
  plan({ heads }, { name, input, refuse }) {
    const [length = 1, width] = input
    if (width === undefined || input.length !== 2) {
      return refuse(`takes a sequence of vectors, not ${wordsOf(input)}`, 'Put an embedding first.')
    }
    if (width % heads !== 0) {
      return refuse(
        `vectors of ${width} numbers cannot be shared by ${heads} heads`,
        `Use a number of heads that divides ${width}.`,
      )
    }
    // Queries, keys and values are three square matrices side by side: each starts as one of its own.
    const start = { kind: 'scaled', fanIn: width, fanOut: width, gain: 1 } as const
    return {
      output: input,
      // Queries, keys, values and what they mix to; of each head the scores and the shares.
      inner: 4 * length * width + 2 * heads * length * length,
      parameters: [
        { name: `${name}.query_key_value`, kind: 'weight', shape: [width, 3 * width], start },
        same(`${name}.query_key_value_bias`, [3 * width], 'bias', 0),
        { name: `${name}.output`, kind: 'weight', shape: [width, width], start },
        same(`${name}.output_bias`, [width], 'bias', 0),
      ],
    }
  },
  forward({ layer, name, input }, x, { parameter }) {
    const [length = 1, width = 1] = input
    const examples = x.shape[0] ?? 1
    const { heads, causal } = layer
    const depth = width / heads
    const rows = reshape(x, [examples * length, width])
    const all = add(
      matmul(rows, parameter(`${name}.query_key_value`)),
      parameter(`${name}.query_key_value_bias`),
    )
    /** The queries, keys or values of every head: [N, heads, T, depth]. */
    const headsOf = (part: 0 | 1 | 2): Value =>
      transpose(
        reshape(slice(all, 1, part * width, width), [examples, length, heads, depth]),
        [0, 2, 1, 3],
      )
    const scores = scale(matmul(headsOf(0), transpose(headsOf(1))), 1 / Math.sqrt(depth))
    const seen = causal ? add(scores, causalMask(x.tape, length)) : scores
    const mixed = transpose(matmul(softmax(seen), headsOf(2)), [0, 2, 1, 3])
    const output = matmul(reshape(mixed, [examples * length, width]), parameter(`${name}.output`))
    return reshape(add(output, parameter(`${name}.output_bias`)), x.shape)
  },
}
