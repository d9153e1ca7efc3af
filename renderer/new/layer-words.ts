import { extentText, rowOf } from './layer-fields.ts'
import type { LayerDraft } from './presets.ts'

/** `8 × 28 × 28`. */
export const shapeWords = (shape: readonly number[]): string => shape.join(' × ')

const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** What a closed row says of its layer: `256, ReLU, batch norm`. */
export function layerWords(layer: LayerDraft): string {
  if (layer.type === 'residual') {
    const through = countOf(layer['layers'])
    const round = countOf(layer['shortcut'])
    return `${through} layers through, ${round === 0 ? 'nothing' : round} on the way round`
  }
  const words: string[] = []
  for (const field of rowOf(layer)?.fields ?? []) {
    const value = layer[field.key]
    if (value === undefined || (field.kind === 'choice' && value === field.fallback)) continue
    if (field.kind !== 'choice') {
      const text = extentText(value)
      const isCount = field.key === 'units' || field.key === 'filters' || field.key === 'heads'
      const label = field.label.toLowerCase()
      words.push(isCount ? `${text} ${label}` : `${label} ${text}`)
    } else if (field.key === 'batch_norm' || value === true) {
      words.push(field.label.toLowerCase())
    } else {
      words.push(field.options.find((option) => option.value === value)?.label ?? String(value))
    }
  }
  return words.join(', ')
}
