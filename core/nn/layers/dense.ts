import type { LayerOf } from '../../protocol/network.ts'
import { add, matmul, mul, reshape } from '../../tape/functions.ts'
import { sizeOf } from '../../tape/shapes.ts'
import { ACTIVATION_TABLE, checkActivation } from './activations.ts'
import { wordsOf } from './layer.ts'
import type { LayerRules } from './layer.ts'
import { finish, hasBias, planTail } from './norm.ts'

/** z = x W + b on every row, or at every place of a sequence. */
export const DENSE: LayerRules<LayerOf<'dense'>> = {
  plan(layer, { name, input, isFirst, refuse }) {
    // The pixels of an image are as good a row as any: a first layer takes them as they come.
    if (input.length === 3 && !isFirst) {
      return refuse(
        `takes a row of numbers, not ${wordsOf(input)}`,
        'Put a flatten or a global_average_pool layer before it.',
      )
    }
    const fanIn = input.length === 3 ? sizeOf(input) : (input.at(-1) ?? 0)
    const { units } = layer
    const tail = planTail(layer, name, units)
    const { gain } = ACTIVATION_TABLE[layer.activation]
    return {
      output: input.length === 2 ? [input[0] ?? 0, units] : [units],
      ...tail,
      parameters: [
        {
          name: `${name}.weight`,
          kind: 'weight',
          shape: [fanIn, units],
          start: { kind: 'scaled', fanIn, fanOut: units, gain },
        },
        ...tail.parameters,
      ],
    }
  },
  forward({ layer, name, output }, x, walk) {
    const W = walk.parameter(`${name}.weight`)
    const rows = reshape(x, [sizeOf(x.shape) / (W.shape[0] ?? 1), W.shape[0] ?? 1])
    const product = matmul(x.shape.length === 2 ? x : rows, W)
    const z = hasBias(layer) ? add(product, walk.parameter(`${name}.bias`)) : product
    const a = finish(layer, name, z, walk)
    return output.length === 1 ? a : reshape(a, [x.shape[0] ?? 1, ...output])
  },
}

/** Puts the numbers of each example into one row. */
export const FLATTEN: LayerRules<LayerOf<'flatten'>> = {
  plan: (_, { input }) => ({ output: [sizeOf(input)] }),
  forward: ({ output }, x) => reshape(x, [x.shape[0] ?? 1, ...output]),
}

export const ACTIVATION: LayerRules<LayerOf<'activation'>> = {
  plan(layer, { input, refuse }) {
    checkActivation(layer.activation, input, refuse)
    return { output: input }
  },
  forward({ layer, name }, x, { watch }) {
    const a = ACTIVATION_TABLE[layer.activation].apply(x)
    watch(name, x, layer.activation === 'relu' ? a : null)
    return a
  },
}

/** Srivastava et al. 2014, inverted: what is kept is scaled up, so that inference needs nothing. */
export const DROPOUT: LayerRules<LayerOf<'dropout'>> = {
  plan: ({ rate }, { name, input }) => ({
    output: input,
    noises: [{ name: `noise/${name}`, shape: input, rate: rate ?? null }],
  }),
  forward: ({ name }, x, { mode, noise }) =>
    mode === 'training' ? mul(x, noise(`noise/${name}`)) : x,
}
