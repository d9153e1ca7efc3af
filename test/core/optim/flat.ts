import { jsKernels, wasmKernels } from '../../../core/optim/kernels.ts'
import type { FlatMemory, Kernels } from '../../../core/optim/kernels.ts'
import { OPTIMIZERS, applyOptimizer } from '../../../core/optim/optimizers.ts'
import type { Stretch } from '../../../core/optim/optimizers.ts'
import type { Hyperparameters, OptimizerName } from '../../../core/protocol/hyperparameters.ts'

const PAGE_PLACES = 16_384

/** Memory that both kinds of kernels can work on. */
export function allocate(places: number): FlatMemory {
  const initial = Math.max(1, Math.ceil(places / PAGE_PLACES))
  const memory = new WebAssembly.Memory({ initial, maximum: initial })
  return { memory, floats: new Float32Array(memory.buffer) }
}

export const KERNELS = ['wasm-simd', 'js'] as const

export function kernelsOf(name: Kernels['name'], memory: FlatMemory): Kernels {
  const kernels = name === 'js' ? jsKernels(memory) : wasmKernels(memory)
  if (kernels === null) throw new Error('WebAssembly SIMD is missing here')
  return kernels
}

/** A number of parameters under one optimizer, with all that it keeps. */
export interface Training {
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  readonly slots: Readonly<Record<string, Float32Array>>
  readonly scalars: Record<string, number>
  step(knobs: Hyperparameters, learningRate?: number, gradientScale?: number): void
}

/** `decayed`: how many of the parameters, from the first on, weight decay applies to. */
export function startTraining(
  optimizer: OptimizerName,
  initial: readonly number[],
  { kernels = 'wasm-simd' as Kernels['name'], decayed = initial.length } = {},
): Training {
  const { slots, scalars } = OPTIMIZERS[optimizer]
  const memory = allocate(1 + initial.length * (2 + slots.length))
  const from = 1 // so that nothing lies where SIMD would like it
  const placeOf = (index: number): number => from + initial.length * index
  const view = (index: number): Float32Array =>
    memory.floats.subarray(placeOf(index), placeOf(index + 1))
  view(0).set(initial)
  const stretches: readonly Stretch[] = [
    { from, length: decayed, decays: true },
    { from: from + decayed, length: initial.length - decayed, decays: false },
  ]
  const layout = {
    parameters: placeOf(0),
    gradients: placeOf(1),
    slots: Object.fromEntries(slots.map((slot, index) => [slot, placeOf(index + 2)])),
    stretches,
  }
  const running = kernelsOf(kernels, memory)
  const kept: Record<string, number> = { ...scalars }
  return {
    parameters: view(0),
    gradients: view(1),
    slots: Object.fromEntries(slots.map((slot, index) => [slot, view(index + 2)])),
    scalars: kept,
    step: (knobs, learningRate = 0.1, gradientScale = 1) =>
      applyOptimizer(optimizer, running, layout, kept, knobs, learningRate, gradientScale),
  }
}
