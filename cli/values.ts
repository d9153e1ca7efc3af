import { PandaError } from '../core/errors.ts'
import { HYPERPARAMETER_NAMES } from '../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../core/protocol/hyperparameters.ts'
import type { NudgeChanges, TrainAmount } from '../core/protocol/run.ts'
import { suggestion } from '../core/nearest.ts'

/** Decimal numbers only: `Number` alone would also take '', ' ', '0x1f' and 'Infinity'. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The number that `text` writes, or null where it writes none that is finite. */
export function parseNumber(text: string): number | null {
  if (!DECIMAL.test(text)) return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

/** A whole number of at least `min`, named `what` in the refusal. */
export function parseCount(what: string, text: string, min: number, max = 2 ** 53 - 1): number {
  const value = parseNumber(text)
  if (value === null || !Number.isInteger(value) || value < min || value > max) {
    const range = max === 2 ** 53 - 1 ? `of at least ${min}` : `from ${min} to ${max}`
    throw new PandaError('cli/usage', `${what} must be a whole number ${range}, not "${text}"`)
  }
  return value
}

/** A number above 0, named `what` in the refusal. */
export function parseAbove(what: string, text: string, max: number): number {
  const value = parseNumber(text)
  if (value !== null && value > 0 && value <= max) return value
  throw new PandaError('cli/usage', `${what} must be a number above 0, up to ${max}, not "${text}"`)
}

/** How far to train: at most one of the three. */
export function parseAmount(amounts: {
  readonly steps: string | undefined
  readonly epochs: string | undefined
  readonly days: string | undefined
}): TrainAmount {
  const { steps, epochs, days } = amounts
  if ([steps, epochs, days].filter((amount) => amount !== undefined).length > 1) {
    throw new PandaError(
      'cli/usage',
      'only one of --steps, --epochs and --days can say how far to train',
      'Keep one of them.',
    )
  }
  if (steps !== undefined) return { steps: parseCount('--steps', steps, 1) }
  if (days !== undefined) return { days: parseCount('--days', days, 1) }
  if (epochs === undefined) return null
  const value = parseNumber(epochs)
  if (value === null || value <= 0) {
    throw new PandaError('cli/usage', `--epochs must be a number above 0, not "${epochs}"`)
  }
  return { epochs: value }
}

const TARGET = /^(\d{1,9}|b\d{1,9}:\d{1,9}|c\d{1,9})$/

/** A place in a run's history, checked for its form alone. */
export function parseTarget(text: string): string {
  if (TARGET.test(text)) return text
  throw new PandaError(
    'cli/usage',
    `"${text}" is no place in a run's history`,
    'Name a day (2), a day of another branch (b1:2) or a checkpoint (c17).',
  )
}

const isHyperparameter = (name: string): name is HyperparameterName =>
  (HYPERPARAMETER_NAMES as readonly string[]).includes(name)

/** `learning_rate=3e-4 momentum=0.95` → changes. Ranges are the session's to check. */
export function parseChanges(assignments: readonly string[]): NudgeChanges {
  const changes: { [K in HyperparameterName]?: number } = {}
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=')
    if (equals < 1) {
      throw new PandaError(
        'cli/usage',
        `"${assignment}" is not a change`,
        'Write NAME=VALUE, such as learning_rate=3e-4.',
      )
    }
    const name = assignment.slice(0, equals)
    const text = assignment.slice(equals + 1)
    if (!isHyperparameter(name)) {
      const offer = `Hyperparameters are ${HYPERPARAMETER_NAMES.join(', ')}.`
      throw new PandaError(
        'session/unknown-hyperparameter',
        `there is no hyperparameter "${name}"`,
        suggestion(name, HYPERPARAMETER_NAMES, offer),
      )
    }
    if (changes[name] !== undefined) {
      throw new PandaError('cli/usage', `${name} is given twice`, 'Keep one of them.')
    }
    const value = parseNumber(text)
    if (value === null) {
      throw new PandaError(
        'session/invalid-value',
        `${name} must be a finite number, not "${text}"`,
        `Write it like ${name}=0.001 or ${name}=1e-3.`,
      )
    }
    changes[name] = value
  }
  return changes
}
