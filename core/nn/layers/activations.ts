import type { Activation } from '../../protocol/network.ts'
import { elu, gelu, leakyRelu, relu, sigmoid, silu, softmax, tanh } from '../../tape/functions.ts'
import type { Shape, Value } from '../../tape/value.ts'
import type { Site } from './layer.ts'

interface ActivationRow {
  readonly apply: (z: Value) => Value
  /** 2 where about half of what comes in is cut away (He et al. 2015, section 2.2), else 1. */
  readonly gain: 1 | 2
}

/** Every activation, and how weights in front of it start. */
export const ACTIVATION_TABLE: { readonly [K in Activation]: ActivationRow } = {
  linear: { apply: (z) => z, gain: 1 },
  relu: { apply: relu, gain: 2 },
  leaky_relu: { apply: leakyRelu, gain: 2 },
  elu: { apply: elu, gain: 2 },
  gelu: { apply: gelu, gain: 2 },
  silu: { apply: silu, gain: 2 },
  sigmoid: { apply: sigmoid, gain: 1 },
  tanh: { apply: tanh, gain: 1 },
  softmax: { apply: softmax, gain: 1 },
}

/** Refuses an activation that has no meaning for what a layer answers. */
export function checkActivation(
  activation: Activation,
  output: Shape,
  refuse: Site['refuse'],
): void {
  if (activation !== 'softmax' || output.length < 3) return
  refuse('softmax goes along a row, not over images', 'Put a flatten layer before it.')
}

/** With a linear activation nothing lies between the two places that a batch norm may have. */
export const isLinear = (activation: Activation): boolean => activation === 'linear'
