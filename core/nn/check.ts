import { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import type { Layer, NetworkConfig } from '../protocol/network.ts'
import { sizeOf } from '../tape/shapes.ts'
import { titleOf } from './layers/layer.ts'
import { LOSS_TABLE } from './losses.ts'
import type { LossSpec } from './losses.ts'
import type { NetworkPlan, PlannedLayer } from './plan.ts'

const refuse = (message: string, remedy: string): never => {
  throw new PandaError('engine/invalid-model', message, remedy)
}

/** Throws `engine/invalid-model`, naming the layer, where network, loss and classes do not fit together. */
export function checkModel(
  plan: NetworkPlan,
  loss: LossSpec,
  network: NetworkConfig,
  classes: number | null,
): void {
  checkOutputs(plan, loss, classes)
  checkActivation(network, loss)
  checkSettings(loss, classes)
}

function checkOutputs(
  { layers, outputShape }: NetworkPlan,
  loss: LossSpec,
  classes: number | null,
): void {
  const last = layers.at(-1)
  const title = last === undefined ? 'the network' : titleOf(last.name, last.layer)
  const units = outputShape.at(-1) ?? 0
  if (outputShape.length > 2) {
    refuse(`${title}: the last layer answers images`, 'End with a flatten and a dense layer.')
  }
  const { target } = LOSS_TABLE[loss.name]
  if (target === 'class-ids' || target === 'class-shares') {
    if (classes === null) {
      return refuse(
        `${loss.name} needs classes, but the data has numbers`,
        'Use mean_squared_error.',
      )
    }
    if (classes < 2) {
      refuse(
        'the data has a single class, so there is nothing to tell apart',
        'Check the labels, and give examples of two classes or more.',
      )
    }
    if (units !== classes) {
      refuse(
        `${title}: must have ${classes} units, not ${units}: the data has ${classes} classes`,
        `Set the last layer's units to ${classes}.`,
      )
    }
  }
  if (target === 'binary') {
    if (units !== 1) {
      refuse(`${title}: must have 1 unit for ${loss.name}`, "Set the last layer's units to 1.")
    }
    if (classes !== null && classes > 2) {
      refuse(
        `${loss.name} tells two classes apart, but the data has ${classes}`,
        'Use sparse_categorical_cross_entropy.',
      )
    }
  }
}

/** What changes no number of what it is given, or only in training. */
const passesOn = ({ type }: Layer): boolean => type === 'flatten' || type === 'dropout'

function checkActivation({ layers }: NetworkConfig, { name }: LossSpec): void {
  const { includes } = LOSS_TABLE[name]
  const index = layers.findLastIndex((layer) => !passesOn(layer))
  const last = layers[index]
  if (includes === null || last === undefined || !('activation' in last)) return
  if (last.activation === 'linear') return
  refuse(
    `${titleOf(`layer${index + 1}`, last)}: must be linear, not ${last.activation}: ${name} applies ${includes} itself`,
    'Remove that activation.',
  )
}

function checkSettings(
  { name, classWeights, labelSmoothing }: LossSpec,
  classes: number | null,
): void {
  if (LOSS_TABLE[name].includes === null) {
    const setting = classWeights === null ? null : 'class_weights'
    const unused = setting ?? (labelSmoothing > 0 ? 'label_smoothing' : null)
    if (unused !== null) {
      refuse(`${name} has no classes for ${unused}`, `Remove ${unused}, or use a cross-entropy.`)
    }
  }
  const weighed = LOSS_TABLE[name].target === 'binary' ? 2 : classes
  if (classWeights !== null && classWeights.length !== weighed) {
    refuse(
      `there are ${classWeights.length} class_weights, but there are ${weighed} classes`,
      'Give one for each class, in the order of the classes.',
    )
  }
}

/**
 * Throws `engine/invalid-model` where the network answers an example another number of times than the data
 * has answers to it, or with more than the one number that a regression has for each. A text has an answer
 * for each of its places.
 */
export function checkAnswers(
  { layers, outputShape }: NetworkPlan,
  loss: LossName,
  answersPerExample: number,
): void {
  // Several answers are those of a text, where each place's answer is the character at the next.
  if (answersPerExample > 1) checkSeesNoAnswer(layers)
  const places = sizeOf(outputShape.slice(0, -1))
  const units = outputShape.at(-1) ?? 0
  if (places !== answersPerExample) {
    refuse(
      `the network answers each example ${timesOf(places)}, but the data has ${answersPerExample} answers to it`,
      'Of a text every place is answered: use no flatten layer.',
    )
  }
  if (LOSS_TABLE[loss].target === 'numbers' && units !== 1) {
    refuse(
      `the last layer answers ${units} numbers, but the data has 1 to aim at`,
      "Set the last layer's units to 1.",
    )
  }
}

/** A place that sees the next one reads its answer there, learns nothing, and costs less and less. */
function checkSeesNoAnswer(layers: readonly PlannedLayer[]): void {
  for (const { layer, name, through, round } of layers) {
    if (layer.type === 'attention' && !layer.causal) {
      refuse(
        `${titleOf(name, layer)}: would see the characters that it is to predict`,
        'Set "causal" to true.',
      )
    }
    checkSeesNoAnswer(through)
    checkSeesNoAnswer(round)
  }
}

const timesOf = (count: number): string => (count === 1 ? 'once' : `${count} times`)
