import { fillInitial } from '../nn/initial.ts'
import type { NetworkPlan } from '../nn/plan.ts'
import type { Kernels } from '../optim/kernels.ts'
import { OPTIMIZERS } from '../optim/optimizers.ts'
import type { Stretch } from '../optim/optimizers.ts'
import type { OptimizerName } from '../protocol/hyperparameters.ts'
import type { NetworkConfig } from '../protocol/network.ts'
import { allocateFloats, chooseKernels } from './flat-memory.ts'
import type { EngineOptions } from './options.ts'
import { packOf, viewOf } from './pack.ts'
import type { Pack } from './pack.ts'

/** Every region begins on a cache line, counted in float32 places. */
const LINE = 16

/**
 * Below this many, parameters and gradients cross to a model as one tensor, which the graph takes apart
 * and puts together. Measured on MLPs, a run with one tensor against one with a tensor each: 0.78 to 0.88
 * of the time up to 7 000 parameters, 0.92 to 0.97 from 17 000 to 86 000, no difference above 100 000.
 */
const FLAT_BELOW = 100_000

/** All numbers of a training, each kind one after another in one flat memory that kernels and models share. */
export interface Memory {
  readonly kernels: Kernels
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  /** By slot of the optimizer, as long as the parameters. */
  readonly slots: Readonly<Record<string, Float32Array>>
  readonly statistics: Float32Array
  /** Of the batch whose gradients were computed last, in the order of `statistics`. */
  readonly batchStatistics: Float32Array
  /** float64, and part of a state like everything above but the gradients and the batch's statistics. */
  readonly scalars: Record<string, number>
  readonly parameterPack: Pack
  readonly statisticPack: Pack
  /** Parameters from 0 to here are weights: L2 and weight decay apply. */
  readonly weightsEnd: number
}

/** Where an array lies in the memory it is a view of, in float32 places. */
export const placeOf = (values: Float32Array): number =>
  values.byteOffset / Float32Array.BYTES_PER_ELEMENT

/** Of the parameters, those that decay and those that do not. */
export function stretchesOf({ parameters, weightsEnd }: Memory): readonly Stretch[] {
  const from = placeOf(parameters)
  return [
    { from, length: weightsEnd, decays: true },
    { from: from + weightsEnd, length: parameters.length - weightsEnd, decays: false },
  ].filter(({ length }) => length > 0)
}

/** Room for all that training a network takes, of zeros. */
export function allocateMemory(
  plan: NetworkPlan,
  optimizer: OptimizerName,
  options: EngineOptions,
): Memory {
  // Weights first: what spares all others is then one stretch.
  const weights = plan.parameters.filter(({ kind }) => kind === 'weight')
  const others = plan.parameters.filter(({ kind }) => kind !== 'weight')
  const ordered = [...weights, ...others]
  const count = packOf('parameters', false, ordered).length
  const isFlat = options.parameters ? options.parameters === 'flat' : count < FLAT_BELOW
  const parameterPack = packOf('parameters', isFlat, ordered)
  const statisticPack = packOf('statistics', isFlat, plan.statistics)
  const { slots, scalars } = OPTIMIZERS[optimizer]
  const lengths = [count, count, ...slots.map(() => count)]
  lengths.push(statisticPack.length, statisticPack.length)
  const places = lengths.reduce((sum, length) => sum + Math.ceil(length / LINE) * LINE, 0)
  const flat = allocateFloats(places)
  let free = 0
  const region = (length: number): Float32Array => {
    const from = free
    free += Math.ceil(length / LINE) * LINE
    return flat.floats.subarray(from, from + length)
  }
  return {
    kernels: chooseKernels(flat, options.kernels),
    parameters: region(count),
    gradients: region(count),
    slots: Object.fromEntries(slots.map((name) => [name, region(count)])),
    statistics: region(statisticPack.length),
    batchStatistics: region(statisticPack.length),
    scalars: { ...scalars, updates: 0 },
    parameterPack,
    statisticPack,
    weightsEnd: packOf('weights', false, weights).length,
  }
}

/** Parameters as they start under this seed, running statistics as those of nothing seen. */
export function initialise(
  memory: Memory,
  plan: NetworkPlan,
  initialiser: NetworkConfig['initialiser'],
  seed: number,
): void {
  for (const parameter of plan.parameters) {
    const values = viewOf(memory.parameterPack, memory.parameters, parameter.name)
    fillInitial(values, parameter, initialiser, seed)
  }
  for (const { name, initial } of plan.statistics) {
    viewOf(memory.statisticPack, memory.statistics, name).fill(initial)
  }
}
