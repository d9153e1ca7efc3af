import type { LayerOf } from '../../protocol/network.ts'
import { add } from '../../tape/functions.ts'
import { sameShape } from '../../tape/shapes.ts'
import { ACTIVATION_TABLE, checkActivation } from './activations.ts'
import { wordsOf } from './layer.ts'
import type { LayerRules } from './layer.ts'

/** What goes through the layers, plus what goes round them: He et al. 2016. */
export const RESIDUAL: LayerRules<LayerOf<'residual'>> = {
  plan({ layers, shortcut, activation }, { name, input, planAll, refuse }) {
    const through = planAll(layers, `${name}.`)
    const round = planAll(shortcut, `${name}.shortcut`)
    const output = through.at(-1)?.output ?? input
    const passed = round.at(-1)?.output ?? input
    if (!sameShape(output, passed)) {
      return refuse(
        `its layers answer ${wordsOf(output)}, but its shortcut ${wordsOf(passed)}`,
        'Give it a shortcut that ends in the same shape: for images a conv of kernel 1 with the same filters and stride.',
      )
    }
    checkActivation(activation, output, refuse)
    return { output, through, round }
  },
  forward({ layer, name, through, round }, x, { walkAll, watch }) {
    const z = add(walkAll(through, x), walkAll(round, x))
    if (layer.activation === 'linear') return z
    const a = ACTIVATION_TABLE[layer.activation].apply(z)
    watch(name, z, layer.activation === 'relu' ? a : null)
    return a
  },
}
