import type { ParameterSigns, VitalSigns } from '../../core/protocol/vitals.ts'
import { layerOfTensor } from './layer-names.ts'
import { judgeDead, judgeUpdate } from './signs.ts'
import { layersOf } from './vital-rows.ts'

/** The latest vital signs of one layer, as one line. */
export interface StripRow {
  readonly layer: string
  /** Of its weights; of several tensors the one farthest from healthy. Null: it has none. */
  readonly updateRatio: number | null
  readonly deadShare: number | null
  /** Of all its parameters together; null: it has none. */
  readonly gradientNorm: number | null
  /** What is not healthy, in words: `update high`, `42 % dead`. */
  readonly warnings: readonly string[]
  readonly isBad: boolean
}

/** Biases are small and young: their ratio says little. What scales a layer's output counts. */
const WEIGHTS = /\.(weight|query_key_value|output|gamma)$/

const HEALTHY = 1e-3
const distance = (ratio: number) =>
  Number.isFinite(ratio) ? Math.abs(Math.log(ratio / HEALTHY)) : Number.MAX_VALUE

function worstRatio(signs: readonly ParameterSigns[]): number | null {
  const ratios = signs.filter(({ name }) => WEIGHTS.test(name)).map((one) => one.updateRatio)
  if (ratios.length === 0) return null
  return ratios.reduce((worst, ratio) => (distance(ratio) > distance(worst) ? ratio : worst))
}

const normOf = (signs: readonly ParameterSigns[]): number | null =>
  signs.length === 0 ? null : Math.sqrt(signs.reduce((sum, one) => sum + one.gradientNorm ** 2, 0))

/** The norm of all gradients together, as clipping sees it; null before the first vital signs. */
export const totalGradientNorm = (vitals: VitalSigns | null): number | null =>
  vitals === null ? null : normOf(vitals.parameters)

/** One row per layer that has weights or ReLUs, in the network's order. */
export function stripRows(vitals: VitalSigns | null): readonly StripRow[] {
  if (vitals === null) return []
  return layersOf(vitals).map(({ layer }) => {
    const signs = vitals.parameters.filter(({ name }) => layerOfTensor(name) === layer)
    const updateRatio = worstRatio(signs)
    const deadShare = vitals.layers.find((one) => one.layer === layer)?.deadShare ?? null
    const gradientNorm = normOf(signs)
    const update = updateRatio === null ? null : judgeUpdate(updateRatio)
    const dead = deadShare === null ? null : judgeDead(deadShare)
    const isFinite = gradientNorm === null || Number.isFinite(gradientNorm)
    const warnings = [
      ...(update === null || update.tone === 'good' ? [] : [`update ${update.word}`]),
      ...(deadShare === null || dead?.tone === 'good'
        ? []
        : [`${Math.round(deadShare * 100)} % dead`]),
      ...(isFinite ? [] : ['gradient not finite']),
    ]
    const isBad = update?.tone === 'bad' || dead?.tone === 'bad' || !isFinite
    return { layer, updateRatio, deadShare, gradientNorm, warnings, isBad }
  })
}
