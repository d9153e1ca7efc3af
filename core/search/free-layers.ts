import type { Layer } from '../protocol/network.ts'
import type { Scalar } from '../protocol/space.ts'

/** A field of a layer that may take other values without making a network that cannot be built. */
export interface FreeField {
  /** As in `network.layers.2.units`. */
  readonly path: string
  /** As in `Layer 3: units`; inside a residual layer `Layer 3.1: units`. */
  readonly label: string
  readonly current: Scalar
}

interface Placed {
  readonly layer: Layer
  readonly path: string
  /** `3`, `3.1` or `3.shortcut 1`. */
  readonly number: string
}

/** The layer that decides how many numbers stand at each place: whose units or filters those are. */
type Setter = Placed | null

/** Where to a layer's width is fixed by something else: the classes, a sum, the heads of an attention. */
type Fixed = Set<Layer>

const setsWidth = ({ type }: Layer): boolean =>
  type === 'dense' || type === 'conv' || type === 'embedding'

const placed = (layers: readonly Layer[], path: string, prefix: string): readonly Placed[] =>
  layers.map((layer, i) => ({ layer, path: `${path}.${i}`, number: `${prefix}${i + 1}` }))

const throughOf = ({ layer, path, number }: Placed): readonly Placed[] =>
  layer.type === 'residual' ? placed(layer.layers, `${path}.layers`, `${number}.`) : []

const roundOf = ({ layer, path, number }: Placed): readonly Placed[] =>
  layer.type === 'residual' ? placed(layer.shortcut, `${path}.shortcut`, `${number}.shortcut `) : []

/** Walks as the numbers flow, notes whose width is fixed, and says who set the width at the end. */
function walk(layers: readonly Placed[], before: Setter, fixed: Fixed): Setter {
  let setter = before
  const fix = (one: Setter) => void (one !== null && fixed.add(one.layer))
  for (const place of layers) {
    const { layer } = place
    if (setsWidth(layer)) setter = place
    // Its heads share the width out evenly.
    if (layer.type === 'attention') fix(setter)
    if (layer.type !== 'residual') continue
    // Both ways round must be equally wide where they are added.
    const through = walk(throughOf(place), setter, fixed)
    fix(through)
    fix(walk(roundOf(place), setter, fixed))
    setter = through
  }
  return setter
}

const passesOn = ({ type }: Layer): boolean => type === 'flatten' || type === 'dropout'

const FIELDS = ['units', 'filters', 'activation', 'batch_norm', 'rate', 'heads', 'kernel'] as const
type Field = (typeof FIELDS)[number]
const WORDS: { readonly [F in Field]: string } = {
  units: 'units',
  filters: 'filters',
  activation: 'activation',
  batch_norm: 'batch normalisation',
  rate: 'dropout rate',
  heads: 'heads',
  kernel: 'kernel',
}

/**
 * What of a network's layers may be searched: units and filters whose number nothing else depends on,
 * activations, batch normalisation, rates, heads, kernels that keep the size of the picture. What the output
 * needs to fit the loss stays, as do strides, padding and pools, which only fit one another.
 */
export function freeFields(layers: readonly Layer[]): readonly FreeField[] {
  const all = placed(layers, 'network.layers', '')
  const fixed: Fixed = new Set()
  const output = walk(all, null, fixed)
  if (output !== null) fixed.add(output.layer)
  const last = layers.findLast((layer) => !passesOn(layer))
  const held = new Set([output?.layer, last])

  const fieldsOf = (place: Placed): readonly FreeField[] => {
    const { layer, path, number } = place
    const own = FIELDS.flatMap((field) => {
      const current = (layer as Partial<Record<Field, unknown>>)[field]
      if (!isFree(field, layer, fixed, held)) return []
      if (typeof current === 'object' || current === undefined) return []
      const label = `Layer ${number}: ${WORDS[field]}`
      // True is short for the usual place.
      const value = field === 'batch_norm' && current === true ? 'before_activation' : current
      return [{ path: `${path}.${field}`, label, current: value as Scalar }]
    })
    return [...own, ...[...throughOf(place), ...roundOf(place)].flatMap(fieldsOf)]
  }
  return all.flatMap(fieldsOf)
}

function isFree(field: Field, layer: Layer, fixed: Fixed, held: Set<Layer | undefined>): boolean {
  if (field === 'units' || field === 'filters') return !fixed.has(layer)
  if (field === 'activation' || field === 'batch_norm') return !held.has(layer)
  if (field !== 'kernel') return true
  return 'padding' in layer && layer.padding === 'same'
}
