import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import { parseNumber } from '../ui/format.ts'

/** "20 steps" is β = 0.95: what averages over so many. A decay factor averages nothing. */
const MEMORY = /^(.*\S)\s*steps?$/i
const PERCENT = /^(.*\S)\s*%$/
/** What a knob counts in may be written behind it. */
const UNITS: { readonly [K in HyperparameterName]?: RegExp } = {
  batch_size: /\s*examples?$/i,
  warmup_steps: /\s*steps?$/i,
  decay_epochs: /\s*epochs?$/i,
  cosine_epochs: /\s*epochs?$/i,
}

/** Has this knob a memory: is it the β of an exponentially weighted average? */
export const hasMemory = (name: HyperparameterName): boolean =>
  describeHyperparameter(name).scale === 'one-minus' && name !== 'decay_factor'

/** Six digits: what a division leaves behind them is noise. */
const tidy = (value: number) => Number(value.toPrecision(6))

/**
 * Reads a knob's value as people write it: `3e-4`, `0.95`, `1/64`, `5 %`, and for a β `20 steps`, its memory.
 * NaN where it is none of these.
 */
export function parseSetting(name: HyperparameterName, text: string): number {
  const typed = text.trim()
  const memory = hasMemory(name) ? MEMORY.exec(typed)?.[1] : undefined
  if (memory !== undefined) {
    const steps = parseNumber(memory)
    return steps >= 1 ? tidy(1 - 1 / steps) : Number.NaN
  }
  const percent = PERCENT.exec(typed)?.[1]
  if (percent !== undefined) return tidy(parseNumber(percent) / 100)
  const unit = UNITS[name]
  const plain = unit === undefined ? typed : typed.replace(unit, '')
  const [over, under, more] = plain.split('/')
  if (under === undefined || more !== undefined) return parseNumber(plain)
  return tidy(parseNumber(over ?? '') / parseNumber(under))
}
