import { PandaError } from '../errors.ts'
import type { Layer, NetworkConfig } from '../protocol/network.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Shape } from '../tape/value.ts'
import { rulesOf } from './layers/index.ts'
import { refusal } from './layers/layer.ts'
import type { Noise, Parameter, Plan, PlannedLayer, Statistic } from './layers/layer.ts'

export type { Noise, Parameter, PlannedLayer, Statistic } from './layers/layer.ts'

/** What a network takes: the shape of one example, without the batch. */
export interface InputSpec {
  readonly shape: Shape
  /** Ids below this stand in the input; null: numbers. */
  readonly vocabulary: number | null
}

/** A network with every shape known. Shapes leave the batch out. */
export interface NetworkPlan {
  readonly input: InputSpec
  /** [units], or [places, units] of a sequence. */
  readonly outputShape: Shape
  readonly parameters: readonly Parameter[]
  readonly statistics: readonly Statistic[]
  readonly noises: readonly Noise[]
  readonly layers: readonly PlannedLayer[]
}

/** 1 GiB of float32. Gradients and moments take as much again, each. */
const MOST_PARAMETERS = 2 ** 28
/** Of what a layer makes of one example: 256 MiB of float32. */
const MOST_NUMBERS = 2 ** 26

/** The data's arrangement as a network takes it: an image of one channel is [1, height, width]. */
export const inputSpecOf = (
  featureShape: readonly number[],
  vocabulary: number | null,
): InputSpec => ({
  shape: featureShape.length === 2 ? [1, ...featureShape] : featureShape,
  vocabulary,
})

const everyLayer = (layers: readonly PlannedLayer[]): readonly PlannedLayer[] =>
  layers.flatMap((one) => [one, ...everyLayer(one.through), ...everyLayer(one.round)])

/**
 * Works out every shape of a network, and with them its parameters. Throws `engine/invalid-model`, naming
 * the layer, where one does not fit what comes before it.
 */
export function planNetwork(network: NetworkConfig, input: InputSpec): NetworkPlan {
  if (network.layers.length === 0) {
    throw new PandaError(
      'engine/invalid-model',
      'the network has no layer',
      'Give it at least one.',
    )
  }
  if (sizeOf(input.shape) < 1) {
    throw new PandaError('engine/invalid-model', 'the data has no features', 'Check the data.')
  }
  const layers = planAll(network.layers, 'layer', input, true)
  const every = everyLayer(layers)
  const parameters = every.flatMap((one) => one.parameters)
  const count = countParameters(parameters)
  if (count > MOST_PARAMETERS) {
    throw new PandaError(
      'engine/invalid-model',
      `the network has ${count} parameters; ${MOST_PARAMETERS} is the most Panda takes`,
      'Use fewer units.',
    )
  }
  return {
    input,
    outputShape: layers.at(-1)?.output ?? input.shape,
    parameters,
    statistics: every.flatMap((one) => one.statistics),
    noises: every.flatMap((one) => one.noises),
    layers,
  }
}

function planAll(
  layers: readonly Layer[],
  prefix: string,
  input: InputSpec,
  isFirst: boolean,
): readonly PlannedLayer[] {
  let at = input
  return layers.map((layer, index) => {
    const planned = planOne(layer, `${prefix}${index + 1}`, at, isFirst && index === 0)
    at = { shape: planned.output, vocabulary: null }
    return planned
  })
}

function planOne(layer: Layer, name: string, input: InputSpec, isFirst: boolean): PlannedLayer {
  const refuse = refusal(name, layer)
  if (input.vocabulary !== null && layer.type !== 'embedding') {
    refuse('takes numbers, but the data has ids of characters', 'Put an embedding layer first.')
  }
  const plan: Plan = rulesOf(layer).plan(layer, {
    name,
    input: input.shape,
    vocabulary: input.vocabulary,
    isFirst,
    planAll: (inner, prefix) => planAll(inner, prefix, input, false),
    refuse,
  })
  const numbers = sizeOf(plan.output) + (plan.inner ?? 0)
  if (!(numbers <= MOST_NUMBERS)) {
    refuse(
      `makes ${numbers} numbers of each example; ${MOST_NUMBERS} is the most Panda takes`,
      'Use fewer units or filters, less padding, or smaller examples.',
    )
  }
  return {
    layer,
    name,
    input: input.shape,
    parameters: [],
    statistics: [],
    noises: [],
    inner: 0,
    through: [],
    round: [],
    ...plan,
  }
}

export const countParameters = (parameters: readonly Parameter[]): number =>
  parameters.reduce((count, { shape }) => count + sizeOf(shape), 0)

const BYTES = Float32Array.BYTES_PER_ELEMENT

/**
 * Bytes that training takes, roughly: parameters, gradients and moments, and what each layer answers, kept
 * for the way back together with its gradient. Of MLPs, LeNet, a small ResNet and a transformer, at batches
 * of 32 to 8192, the process grew by 0.7 to 1.7 times as much.
 */
export function estimateMemory(
  plan: NetworkPlan,
  { optimizerSlots, batchSize }: { readonly optimizerSlots: number; readonly batchSize: number },
): number {
  const parameters = countParameters(plan.parameters) * (2 + optimizerSlots)
  // A normalised or activated layer keeps what it had before that, too.
  const kept = everyLayer(plan.layers).reduce(
    (sum, { output, inner, through }) =>
      sum + inner + (through.length > 0 ? 1 : 2) * sizeOf(output),
    sizeOf(plan.input.shape),
  )
  return BYTES * (parameters + 2 * batchSize * kept)
}
