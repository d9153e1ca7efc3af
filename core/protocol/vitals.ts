/** Signs of health of one layer, over one mini-batch. */
export interface LayerSigns {
  /** As in the names of its parameters: `layer3`, `layer5.1`. */
  readonly layer: string
  readonly preActivationMean: number
  readonly preActivationDeviation: number
  /** Share of a ReLU's units that were 0 for the whole mini-batch; null for other activations. */
  readonly deadShare: number | null
}

/** Signs of health of one tensor of parameters. */
export interface ParameterSigns {
  /** `layer1.weight`. */
  readonly name: string
  /** Of the whole cost, before clipping. */
  readonly gradientNorm: number
  /** ‖ΔW‖ ÷ ‖W‖ of the step; about 1e-3 is healthy. */
  readonly updateRatio: number
}

/** The vital signs of one step: `step` counts it in. */
export interface VitalSigns {
  readonly step: number
  readonly layers: readonly LayerSigns[]
  readonly parameters: readonly ParameterSigns[]
}

/** What of a layer and of a tensor becomes a series, and how its name ends. */
export const LAYER_SERIES = {
  preActivationMean: 'pre_activation_mean',
  preActivationDeviation: 'pre_activation_deviation',
  deadShare: 'dead_share',
} as const satisfies { readonly [K in Exclude<keyof LayerSigns, 'layer'>]: string }

export const PARAMETER_SERIES = {
  gradientNorm: 'gradient_norm',
  updateRatio: 'update_ratio',
} as const satisfies { readonly [K in Exclude<keyof ParameterSigns, 'name'>]: string }

const ENDINGS = [...Object.values(LAYER_SERIES), ...Object.values(PARAMETER_SERIES)]
const VITAL_SERIES = new RegExp(`^(layer[\\w.]*)/(${ENDINGS.join('|')})$`)

/** Is this the name of a vital sign's series, as in `layer1.weight/update_ratio`? */
export const isVitalSeries = (metric: string): boolean => VITAL_SERIES.test(metric)

type Point = readonly [series: string, value: number]

/** The series that vital signs are recorded in, each with its value. What is null has none. */
export function pointsOfVitals({ layers, parameters }: VitalSigns): readonly Point[] {
  const points = <T>(of: string, signs: T, series: Partial<Record<keyof T, string>>) =>
    (Object.entries(series) as [keyof T, string][]).flatMap(([sign, ending]): Point[] => {
      const value = signs[sign]
      return typeof value === 'number' ? [[`${of}/${ending}`, value]] : []
    })
  return [
    ...layers.flatMap((signs) => points(signs.layer, signs, LAYER_SERIES)),
    ...parameters.flatMap((signs) => points(signs.name, signs, PARAMETER_SERIES)),
  ]
}

/** The vital signs behind points of one step, in the order of the layers' names; null if there are none. */
export function vitalsFromPoints(step: number, points: readonly Point[]): VitalSigns | null {
  const signs = new Map<string, Map<string, number>>()
  for (const [series, value] of points) {
    const [, of = '', ending = ''] = VITAL_SERIES.exec(series) ?? []
    const known = signs.get(of) ?? new Map<string, number>()
    signs.set(of, known.set(ending, value))
  }
  const ordered = [...signs].toSorted(([a], [b]) => inOrder(a, b))
  const layers = ordered.flatMap(([layer, values]): LayerSigns[] => {
    const preActivationMean = values.get(LAYER_SERIES.preActivationMean)
    const preActivationDeviation = values.get(LAYER_SERIES.preActivationDeviation)
    if (preActivationMean === undefined || preActivationDeviation === undefined) return []
    const deadShare = values.get(LAYER_SERIES.deadShare) ?? null
    return [{ layer, preActivationMean, preActivationDeviation, deadShare }]
  })
  const parameters = ordered.flatMap(([name, values]): ParameterSigns[] => {
    const gradientNorm = values.get(PARAMETER_SERIES.gradientNorm)
    const updateRatio = values.get(PARAMETER_SERIES.updateRatio)
    if (gradientNorm === undefined || updateRatio === undefined) return []
    return [{ name, gradientNorm, updateRatio }]
  })
  return layers.length + parameters.length === 0 ? null : { step, layers, parameters }
}

/** In which order a layer's tensors stand; any other comes after them. */
const TENSORS = [
  'weight',
  'positions',
  'query_key_value',
  'query_key_value_bias',
  'output',
  'output_bias',
  'bias',
  'gamma',
  'beta',
]

/** The order of a network: `layer2` before `layer10`, and in each layer that of its tensors. */
function inOrder(a: string, b: string): number {
  const [, layerA = a, tensorA = ''] = /^(.*)\.([a-z_]+)$/.exec(a) ?? []
  const [, layerB = b, tensorB = ''] = /^(.*)\.([a-z_]+)$/.exec(b) ?? []
  const rank = (tensor: string) => [...TENSORS, tensor].indexOf(tensor)
  return byNumbers(layerA, layerB) || rank(tensorA) - rank(tensorB)
}

/** Numbers in names count as numbers. */
function byNumbers(a: string, b: string): number {
  const parts = (name: string) => name.split(/(\d+)/)
  const [left, right] = [parts(a), parts(b)]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x = '', y = ''] = [left[at], right[at]]
    if (x === y) continue
    const byNumber = at % 2 === 1 ? Number(x) - Number(y) : 0
    return byNumber || (x < y ? -1 : 1)
  }
  return left.length - right.length
}
