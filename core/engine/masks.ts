import type { NetworkPlan } from '../nn/plan.ts'
import { fillDropoutMask } from '../optim/dropout.ts'
import type { FlatMemory, Kernels } from '../optim/kernels.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { StepSettings } from './engine.ts'
import { allocateFloats, chooseKernels } from './flat-memory.ts'
import type { EngineOptions } from './options.ts'
import { floatTensor } from './runtime.ts'
import type { Feeds } from './runtime.ts'

/** Where dropout masks are made: a memory of its own, as it grows with the batch. */
export interface Masks {
  /** The masks of a step: a pure function of the seed, the step and the layer. */
  fill(batchSize: number, settings: StepSettings): Feeds
}

interface Room {
  readonly flat: FlatMemory
  readonly kernels: Kernels
}

export function createMasks(
  { noises }: NetworkPlan,
  seed: number,
  choice: EngineOptions['kernels'],
): Masks {
  const sizes = noises.map(({ shape }) => sizeOf(shape))
  const perExample = sizes.reduce((sum, size) => sum + size, 0)
  let room: Room | null = null
  const roomFor = (places: number): Room => {
    if (room !== null && room.flat.floats.length >= places) return room
    const flat = allocateFloats(places)
    return (room = { flat, kernels: chooseKernels(flat, choice) })
  }
  return {
    fill(batchSize, { step, dropout }) {
      if (noises.length === 0) return {}
      const { flat, kernels } = roomFor(batchSize * perExample)
      let from = 0
      return Object.fromEntries(
        noises.map(({ name, shape, rate }, index) => {
          const length = batchSize * (sizes[index] ?? 0)
          const values = flat.floats.subarray(from, from + length)
          fillDropoutMask(kernels, from, length, rate ?? dropout, { seed, step, stream: index })
          from += length
          return [name, floatTensor(values, [batchSize, ...shape])]
        }),
      )
    },
  }
}
