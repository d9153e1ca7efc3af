import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'

/** Where zero is allowed on a logarithmic scale, it is a stop of its own at the far left. */
const ZERO_ZONE = 0.05

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** Three significant digits: what a hand can aim at. */
const rounded = (value: number) => Number(value.toPrecision(3))

const hasZeroStop = (name: HyperparameterName) => {
  const { min, exclusiveMin, scale } = describeHyperparameter(name)
  return scale === 'logarithmic' && min === 0 && !exclusiveMin
}

/** Where on its slider a value lies, from 0 to 1. Values beyond the slider's ends lie at the ends. */
export function positionOf(name: HyperparameterName, value: number): number {
  const row = describeHyperparameter(name)
  const [low, high] = row.slider
  if (row.scale === 'linear') return (clamp(value, low, high) - low) / (high - low)
  if (row.scale === 'one-minus') {
    return Math.log((1 - low) / (1 - clamp(value, low, high))) / Math.log((1 - low) / (1 - high))
  }
  const start = hasZeroStop(name) ? ZERO_ZONE : 0
  if (start > 0 && value <= 0) return 0
  return start + ((1 - start) * Math.log(clamp(value, low, high) / low)) / Math.log(high / low)
}

/** The value at a position of the slider, rounded to what a hand can aim at. */
export function valueAt(name: HyperparameterName, position: number): number {
  const row = describeHyperparameter(name)
  const [low, high] = row.slider
  const at = clamp(position, 0, 1)
  if (row.scale === 'linear') return low + (high - low) * at
  if (row.scale === 'one-minus') {
    const distance = (1 - low) * ((1 - high) / (1 - low)) ** at
    return Number((1 - Number(distance.toPrecision(2))).toPrecision(12))
  }
  const start = hasZeroStop(name) ? ZERO_ZONE : 0
  if (at < start / 2) return 0
  const value = low * (high / low) ** (clamp(at - start, 0, 1) / (1 - start))
  return row.integer ? Math.max(row.min, Math.round(value)) : rounded(value)
}

/** A mark under a slider. */
export interface SliderMark {
  readonly value: number
  readonly position: number
}

const BETA_MARKS = [0, 0.9, 0.99, 0.999, 0.9999]

/** A few round values to write under a slider. */
export function marksOf(name: HyperparameterName): readonly SliderMark[] {
  const row = describeHyperparameter(name)
  const [low, high] = row.slider
  const values: number[] = []
  if (row.scale === 'one-minus')
    values.push(...BETA_MARKS.filter((beta) => beta >= low && beta <= high))
  else if (row.scale === 'linear') values.push(low, (low + high) / 2, high)
  else if (row.integer && high <= 1024) values.push(1, 4, 16, 64, 256, 1024)
  else {
    const first = Math.round(Math.log10(low))
    const last = Math.round(Math.log10(high))
    const stride = last - first > 6 ? 2 : 1
    for (let power = last; power >= first; power -= stride) {
      values.unshift(Number(`1e${power}`))
    }
    if (hasZeroStop(name)) values[0] = 0
  }
  return values.map((value) => ({ value, position: positionOf(name, value) }))
}

export interface Factor {
  readonly label: string
  readonly by: number
}

/** The nudges that babysitters really use. */
export function factorsOf(name: HyperparameterName): readonly Factor[] {
  const row = describeHyperparameter(name)
  const halve = { label: '÷2', by: 0.5 }
  const double = { label: '×2', by: 2 }
  if (row.scale === 'one-minus' && name !== 'decay_factor') {
    return [
      { label: 'memory ÷2', by: 0.5 },
      { label: 'memory ×2', by: 2 },
    ]
  }
  if (row.scale !== 'logarithmic') return []
  if (row.integer) return [halve, double]
  return [halve, { label: '×0.8', by: 0.8 }, { label: '×1.2', by: 1.2 }, double]
}

/** A factor on the knob's own scale: of the value, of the memory 1 ÷ (1 − β), or of a twentieth of a linear range. */
export function scaled(name: HyperparameterName, value: number, by: number): number {
  const row = describeHyperparameter(name)
  const [low, high] = row.slider
  if (row.scale === 'one-minus') {
    const distance = (1 - Math.min(value, 1 - 1e-9)) / by
    return Number((1 - Math.min(1 - (row.exclusiveMin ? low : row.min), distance)).toPrecision(6))
  }
  if (row.scale === 'linear') {
    const stride = ((high - low) / 20) * (by > 1 ? 1 : -1) * (Math.abs(Math.log2(by)) >= 1 ? 4 : 1)
    return Number(clamp(value + stride, low, high).toPrecision(6))
  }
  if (value > 0) return multiplied(name, value, by)
  // From zero no factor leads away: the slider's lower end does.
  return by > 1 ? low : 0
}

function multiplied(name: HyperparameterName, value: number, by: number): number {
  const row = describeHyperparameter(name)
  const product = clamp(value * by, row.min, row.max)
  // Doubling what was halved comes back to the very same number.
  if (!row.integer) return Number(product.toPrecision(6))
  const whole = Math.round(product)
  // A fifth of a small number rounds to nothing: then it is one.
  return Math.max(row.min, whole === value ? value + Math.sign(by - 1) : whole)
}
