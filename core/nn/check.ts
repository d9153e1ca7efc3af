import { PandaError } from '../errors.ts'
import type { LossName, NetworkConfig } from '../protocol/config.ts'
import { LOSS_TABLE } from './losses.ts'
import { countParameters, listParameters } from './parameters.ts'

/** 1 GiB of float32. Gradients and moments take as much again, each. */
const MOST_PARAMETERS = 2 ** 28

const refuse = (message: string, remedy: string): never => {
  throw new PandaError('engine/invalid-model', message, remedy)
}

/** Throws `engine/invalid-model`, naming the layer, where network, loss and data do not fit together. */
export function checkModel(
  network: NetworkConfig,
  loss: LossName,
  features: number,
  classes: number | null,
): void {
  const last = network.layers.at(-1)
  if (last === undefined) return refuse('the network has no layer', 'Give it at least one.')
  if (features < 1) return refuse('the data has no features', 'Check the data.')
  const layer = `layer ${network.layers.length} (dense, ${last.units} units)`
  const { target, includes } = LOSS_TABLE[loss]

  if (target === 'class-ids' || target === 'class-shares') {
    if (classes === null) {
      return refuse(`${loss} needs classes, but the data has numbers`, 'Use mean_squared_error.')
    }
    if (last.units !== classes) {
      return refuse(
        `${layer} must have ${classes} units: the data has ${classes} classes`,
        `Set the last layer's units to ${classes}.`,
      )
    }
  }
  if (target === 'binary') {
    if (last.units !== 1) {
      return refuse(`${layer} must have 1 unit for ${loss}`, "Set the last layer's units to 1.")
    }
    if (classes !== null && classes > 2) {
      return refuse(
        `${loss} tells two classes apart, but the data has ${classes}`,
        'Use sparse_categorical_cross_entropy.',
      )
    }
  }
  if (includes !== null && last.activation !== 'linear') {
    return refuse(
      `${layer} must be linear, not ${last.activation}: ${loss} applies ${includes} itself`,
      "Remove the last layer's activation.",
    )
  }
  const parameters = countParameters(listParameters(network, features))
  if (parameters > MOST_PARAMETERS) {
    return refuse(
      `the network has ${parameters} parameters; ${MOST_PARAMETERS} is the most Panda takes`,
      'Use fewer units.',
    )
  }
}
