import { applyOptimizer, clipScale } from '../optim/optimizers.ts'
import type { Hyperparameters } from '../protocol/hyperparameters.ts'
import type { Vitals } from './engine.ts'
import { placeOf, stretchesOf } from './memory.ts'
import { viewOf } from './pack.ts'
import type { Setting } from './setting.ts'
import type { PendingStep } from './training-pass.ts'
import { readVitals } from './vitals.ts'

/** ‖now − before‖ ÷ ‖before‖; 0 where all was zero before. */
function relativeChange(now: Float32Array, before: Float32Array): number {
  let change = 0
  let whole = 0
  for (let index = 0; index < before.length; index++) {
    const value = before[index]!
    const difference = now[index]! - value
    change += difference * difference
    whole += value * value
  }
  return whole === 0 ? 0 : Math.sqrt(change / whole)
}

/** What a step does to memory once it is taken: clipped update, running statistics, count. */
export function createUpdate({ spec, plan, memory }: Setting) {
  const { kernels, parameters, gradients, statistics, batchStatistics, scalars } = memory
  const layout = {
    parameters: placeOf(parameters),
    gradients: placeOf(gradients),
    slots: Object.fromEntries(
      Object.entries(memory.slots).map(([name, values]) => [name, placeOf(values)]),
    ),
    stretches: stretchesOf(memory),
  }
  const view = (values: Float32Array, name: string) => viewOf(memory.parameterPack, values, name)
  return (
    { result, vitals }: PendingStep,
    knobs: Hyperparameters,
    learningRate: number,
  ): Vitals | null => {
    const before = vitals && parameters.slice()
    const scale = clipScale(result.gradientNorm, knobs.clip_norm ?? 0)
    applyOptimizer(spec.optimizer, kernels, layout, scalars, knobs, learningRate, scale)
    if (statistics.length > 0) {
      kernels.lerp(
        placeOf(statistics),
        placeOf(batchStatistics),
        statistics.length,
        spec.network.batch_norm.momentum,
      )
    }
    scalars.updates = (scalars.updates ?? 0) + 1
    if (vitals === null || before === null) return null
    const ratios = plan.parameters.map(
      ({ name }) => [name, relativeChange(view(parameters, name), view(before, name))] as const,
    )
    return readVitals(vitals.signs, vitals.values, new Map(ratios))
  }
}
