import type { Layer } from '../../core/protocol/network.ts'
import type { RunConfig } from '../../core/protocol/config.ts'
import { layerWords } from '../knobs/fixed-facts.ts'

/** "Layer 1 · dense 256 relu, batch norm" for `layer1`; a layer within a block keeps its numbers: "Layer 5.1". */
export function layerTitle(config: RunConfig, name: string): string {
  const numbers = name
    .replace(/^layer/, '')
    .split('.')
    .filter((part) => /^\d+$/.test(part))
  let layers: readonly Layer[] = config.network.layers
  let found: Layer | undefined
  for (const number of numbers) {
    found = layers[Number(number) - 1]
    layers = found !== undefined && 'layers' in found ? (found.layers as readonly Layer[]) : []
  }
  const title = `Layer ${numbers.join('.')}`
  if (found === undefined) return title
  const hasNorm = 'batch_norm' in found && found.batch_norm !== false
  return `${title} · ${layerWords(found)}${hasNorm ? ', batch norm' : ''}`
}

/** The layer that a tensor belongs to: `layer5.1` of `layer5.1.weight`. */
export const layerOfTensor = (tensor: string): string => tensor.replace(/\.[a-z_]+$/, '')
/** What a tensor is called within its layer: `weight`. */
export const tensorName = (tensor: string): string =>
  tensor.slice(layerOfTensor(tensor).length + 1).replaceAll('_', ' ')

/** "1 dense" for `layer1`: what fits at the head of a narrow row. */
export function layerShort(config: RunConfig, name: string): string {
  const number = name.replace(/^layer/, '')
  const words = layerTitle(config, name).split(' · ')[1]
  return words === undefined ? number : `${number} ${words.split(' ')[0]}`
}
