import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type { Change } from '../../core/protocol/run.ts'
import { describeChange } from '../chart/flags.ts'
import { formatSetting } from '../ui/format.ts'

/** "α 0.01 → 0.02 (×2)": the change, and what it is on the knob's own scale. */
export function describeFactor(change: Change): string {
  const { scale } = describeHyperparameter(change.name)
  const { from, to } = change
  const words = describeChange(change)
  if (scale === 'logarithmic' && from > 0 && to > 0) {
    const factor = to / from
    const by =
      factor >= 1 ? `×${formatSetting(round(factor))}` : `÷${formatSetting(round(1 / factor))}`
    return `${words} (${by})`
  }
  if (scale === 'one-minus' && from < 1 && to < 1 && change.name !== 'decay_factor') {
    const factor = (1 - from) / (1 - to)
    const by = factor >= 1 ? `${round(factor)} times longer` : `${round(1 / factor)} times shorter`
    return `${words} (remembers ${by})`
  }
  return words
}

const round = (value: number) => Number(value.toPrecision(3))
