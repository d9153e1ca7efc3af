import type { Layer } from '../../core/protocol/network.ts'
import type { RunConfig } from '../../core/protocol/config.ts'
import { layerWords } from '../knobs/fixed-facts.ts'

/** "Layer 1 · dense 256 relu" for `layer1`; a layer within a block keeps its numbers: "Layer 5.1". */
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
  return found === undefined ? title : `${title} · ${layerWords(found)}`
}

/** The layer that a tensor belongs to: `layer5.1` of `layer5.1.weight`. */
export const layerOfTensor = (tensor: string): string => tensor.replace(/\.[a-z_]+$/, '')
/** What a tensor is called within its layer: `weight`. */
export const tensorName = (tensor: string): string =>
  tensor.slice(layerOfTensor(tensor).length + 1).replaceAll('_', ' ')
