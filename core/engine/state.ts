import { PandaError } from '../errors.ts'
import type { NetworkPlan } from '../nn/plan.ts'
import { sameShape } from '../tape/shapes.ts'
import type { EngineState, StateBuffer } from './engine.ts'
import type { Memory } from './memory.ts'
import { viewOf } from './pack.ts'

/** Every buffer of a state, as views: parameters first, then each moment, then running statistics. */
function buffersOf(plan: NetworkPlan, memory: Memory): readonly StateBuffer[] {
  const { parameterPack, statisticPack } = memory
  const rows = (role: StateBuffer['role'], values: Float32Array, suffix: string) =>
    plan.parameters.map(({ name, shape }) => ({
      name: `${name}${suffix}`,
      shape,
      role,
      values: viewOf(parameterPack, values, name),
    }))
  return [
    ...rows('parameter', memory.parameters, ''),
    ...Object.entries(memory.slots).flatMap(([slot, values]) => rows('moment', values, `/${slot}`)),
    ...plan.statistics.map(({ name, shape }) => ({
      name,
      shape,
      role: 'statistic' as const,
      values: viewOf(statisticPack, memory.statistics, name),
    })),
  ]
}

/** A state of its own: later steps do not touch it. */
export const copyState = (plan: NetworkPlan, memory: Memory): EngineState => ({
  buffers: buffersOf(plan, memory).map((buffer) => ({ ...buffer, values: buffer.values.slice() })),
  scalars: { ...memory.scalars },
})

const mismatch = (what: string): PandaError =>
  new PandaError('engine/invalid-model', `the saved state does not fit this network: ${what}`)

/** Takes a state over. Checks all of it first: a state that does not fit changes nothing. */
export function restoreState(plan: NetworkPlan, memory: Memory, state: EngineState): void {
  const byName = new Map(state.buffers.map((buffer) => [buffer.name, buffer]))
  const own = buffersOf(plan, memory)
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
