import type { VitalSigns } from '../../core/protocol/vitals.ts'
import { layerOfTensor, tensorName } from './layer-names.ts'

/** A layer with what it has signs of. */
export interface VitalLayer {
  readonly layer: string
  readonly hasActivations: boolean
  readonly hasDead: boolean
  readonly tensors: readonly string[]
}

/** The layers that have signs, in the network's order. */
export function layersOf(vitals: VitalSigns | null): readonly VitalLayer[] {
  if (vitals === null) return []
  const names = [
    ...new Set([
      ...vitals.parameters.map(({ name }) => layerOfTensor(name)),
      ...vitals.layers.map(({ layer }) => layer),
    ]),
  ]
  const byNumbers = new Intl.Collator('en', { numeric: true })
  return names.toSorted(byNumbers.compare).map((layer) => {
    const signs = vitals.layers.find((one) => one.layer === layer)
    return {
      layer,
      hasActivations: signs !== undefined,
      hasDead: signs !== undefined && signs.deadShare !== null,
      tensors: vitals.parameters.flatMap(({ name }) => (layerOfTensor(name) === layer ? name : [])),
    }
  })
}

/** One chart: which recorded series it draws. */
export interface VitalChartRow {
  readonly key: string
  readonly layer: string
  /** The tensor, where a layer has several. */
  readonly part: string
  /** One; or mean and deviation, which are drawn as a band. */
  readonly metrics: readonly string[]
}

export interface SignView {
  readonly label: string
  /** What healthy looks like, and the usual nudge. */
  readonly meaning: string
  readonly isLog: boolean
  readonly reference: number | null
  readonly isShare: boolean
  /** Has a series of every tensor, the small ones too. */
  readonly isPerTensor: boolean
  charts(layers: readonly VitalLayer[]): readonly VitalChartRow[]
}

/** Biases and their like: small, many, and seldom what is looked for. */
const SMALL = /(^|[._])(bias|beta)$/
const isSmall = (tensor: string): boolean => SMALL.test(tensor)

/** The layers without their small tensors. */
export const withoutSmall = (layers: readonly VitalLayer[]): readonly VitalLayer[] =>
  layers.map((layer) => ({ ...layer, tensors: layer.tensors.filter((one) => !isSmall(one)) }))

const perTensor =
  (series: string) =>
  (layers: readonly VitalLayer[]): readonly VitalChartRow[] =>
    layers.flatMap(({ layer, tensors }) =>
      tensors.map((name) => ({
        key: name,
        layer,
        part: tensorName(name),
        metrics: [`${name}/${series}`],
      })),
    )

export type SignName = 'updates' | 'gradients' | 'activations' | 'dead'

/** Every vital sign that can be watched over time. */
export const SIGNS: { readonly [K in SignName]: SignView } = {
  updates: {
    label: 'Update : weight',
    meaning:
      'How far a step moves each tensor, as a share of its size. About 1e−3 is healthy; well below, α is low; well above, α is high.',
    isLog: true,
    reference: 1e-3,
    isShare: false,
    isPerTensor: true,
    charts: perTensor('update_ratio'),
  },
  gradients: {
    label: 'Gradient norm',
    meaning:
      'Before clipping. Steady is healthy. Outliers come before instability: clip near the largest usual value; if most steps would be clipped, lower α instead.',
    isLog: true,
    reference: null,
    isShare: false,
    isPerTensor: true,
    charts: perTensor('gradient_norm'),
  },
  activations: {
    label: 'Pre-activations',
    meaning:
      'Mean and one deviation either side, over time. Spread and stable is healthy. A band that drifts is covariate shift: what batch norm is for. All near 0, or very wide, points to the initialisation.',
    isLog: false,
    reference: 0,
    isShare: false,
    isPerTensor: false,
    charts: (layers) =>
      layers.flatMap(({ layer, hasActivations }) =>
        hasActivations
          ? {
              key: layer,
              layer,
              part: '',
              metrics: [`${layer}/pre_activation_mean`, `${layer}/pre_activation_deviation`],
            }
          : [],
      ),
  },
  dead: {
    label: 'Dead ReLU',
    meaning:
      'Units that were 0 for the whole mini-batch. A few percent is healthy; 40 % says that α was too high once, and dead units seldom come back: roll back to before.',
    isLog: false,
    reference: null,
    isShare: true,
    isPerTensor: false,
    charts: (layers) =>
      layers.flatMap(({ layer, hasDead }) =>
        hasDead ? { key: layer, layer, part: '', metrics: [`${layer}/dead_share`] } : [],
      ),
  },
}
