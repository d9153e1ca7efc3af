import { PandaError } from '../errors.ts'
import { countParameters, fillInitial } from '../nn/parameters.ts'
import type { Parameter } from '../nn/parameters.ts'
import { OPTIMIZERS } from '../optim/optimizers.ts'
import type { UpdateState } from '../optim/optimizers.ts'
import type { OptimizerName } from '../protocol/hyperparameters.ts'
import type { NetworkConfig } from '../protocol/config.ts'
import { sameShape, sizeOf } from '../tape/shapes.ts'
import type { EngineState, StateBuffer } from './engine.ts'

/** Name → array of one kind (parameters, gradients, a moment), as a view into that kind's flat memory. */
export type Views = readonly { readonly parameter: Parameter; readonly values: Float32Array }[]

/** All numbers of a training, one flat array per kind, in the order of the parameters. */
export interface Memory extends UpdateState {
  readonly views: (flat: Float32Array) => Views
}

export function allocateMemory(list: readonly Parameter[], optimizer: OptimizerName): Memory {
  const length = countParameters(list)
  const { slots, scalars } = OPTIMIZERS[optimizer]
  return {
    parameters: new Float32Array(length),
    gradients: new Float32Array(length),
    slots: Object.fromEntries(slots.map((name) => [name, new Float32Array(length)])),
    scalars: { ...scalars, updates: 0 },
    views(flat) {
      let from = 0
      return list.map((parameter) => {
        const to = from + sizeOf(parameter.shape)
        const values = flat.subarray(from, to)
        from = to
        return { parameter, values }
      })
    },
  }
}

export function initialise(memory: Memory, network: NetworkConfig, seed: number): void {
  for (const { parameter, values } of memory.views(memory.parameters)) {
    fillInitial(values, parameter, network.initialiser, seed)
  }
}

/** Every buffer of a state, as views: parameters first, then each moment. */
function buffersOf(memory: Memory): readonly StateBuffer[] {
  const rows = (role: StateBuffer['role'], flat: Float32Array, suffix: string) =>
    memory.views(flat).map(({ parameter: { name, shape }, values }) => ({
      name: `${name}${suffix}`,
      shape,
      role,
      values,
    }))
  return [
    ...rows('parameter', memory.parameters, ''),
    ...Object.entries(memory.slots).flatMap(([slot, flat]) => rows('moment', flat, `/${slot}`)),
  ]
}

export const copyState = (memory: Memory): EngineState => ({
  buffers: buffersOf(memory).map((buffer) => ({ ...buffer, values: buffer.values.slice() })),
  scalars: { ...memory.scalars },
})

const mismatch = (what: string): PandaError =>
  new PandaError('engine/invalid-model', `the saved state does not fit this network: ${what}`)

/** Takes a state over. Checks all of it first: a state that does not fit changes nothing. */
export function restoreState(memory: Memory, state: EngineState): void {
  const byName = new Map(state.buffers.map((buffer) => [buffer.name, buffer]))
  const own = buffersOf(memory)
  const pairs = own.map((buffer) => {
    const saved = byName.get(buffer.name)
    if (saved === undefined) throw mismatch(`${buffer.name} is missing`)
    if (saved.role !== buffer.role || !sameShape(saved.shape, buffer.shape)) {
      throw mismatch(`${buffer.name} is [${saved.shape}], not [${buffer.shape}]`)
    }
    if (saved.values.length !== buffer.values.length) {
      throw mismatch(`${buffer.name} has ${saved.values.length} values`)
    }
    return [buffer, saved] as const
  })
  if (state.buffers.length !== own.length) throw mismatch('it has more tensors')
  const names = Object.keys(memory.scalars)
  const missing = names.find((name) => !Object.hasOwn(state.scalars, name))
  if (missing !== undefined) throw mismatch(`${missing} is missing`)
  if (Object.keys(state.scalars).length !== names.length) throw mismatch('it has more scalars')

  for (const [buffer, saved] of pairs) buffer.values.set(saved.values)
  Object.assign(memory.scalars, state.scalars)
}
