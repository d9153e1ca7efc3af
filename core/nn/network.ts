import type { Activation, NetworkConfig } from '../protocol/config.ts'
import { add, matmul, relu, sigmoid, tanh } from '../tape/functions.ts'
import type { Value } from '../tape/value.ts'

const ACTIVATE: { readonly [K in Activation]: (z: Value) => Value } = {
  linear: (z) => z,
  relu,
  sigmoid,
  tanh,
}

/** Looks up the value of a parameter by its name. */
export type ParameterValues = (name: string) => Value

/** What the network answers to a batch: one row per example. */
export function forward(network: NetworkConfig, x: Value, parameter: ParameterValues): Value {
  return network.layers.reduce((a, { activation }, index) => {
    const W = parameter(`layer${index + 1}.weight`)
    const b = parameter(`layer${index + 1}.bias`)
    return ACTIVATE[activation](add(matmul(a, W), b))
  }, x)
}
