import { PandaError } from '../errors.ts'
import type { StudyConfig, TrialBudget } from '../protocol/study.ts'
import { halvingOf } from './halving.ts'

/** The units of a budget, and into how many parts each is counted: rungs may lie between whole epochs. */
const PARTS = { steps: 1, epochs: 1_000, minutes: 60_000 } as const
export type BudgetUnit = keyof typeof PARTS
export const BUDGET_UNITS = ['epochs', 'steps', 'minutes'] as const satisfies readonly BudgetUnit[]

/** A budget as its unit and how many of it. */
export function amountOf(budget: TrialBudget): {
  readonly unit: BudgetUnit
  readonly amount: number
} {
  if ('steps' in budget) return { unit: 'steps', amount: budget.steps }
  if ('epochs' in budget) return { unit: 'epochs', amount: budget.epochs }
  return { unit: 'minutes', amount: budget.minutes }
}

function budgetOf(unit: BudgetUnit, amount: number): TrialBudget {
  if (unit === 'steps') return { steps: amount }
  return unit === 'epochs' ? { epochs: amount } : { minutes: amount }
}

const toParts = ({ unit, amount }: ReturnType<typeof amountOf>): number =>
  Math.max(1, Math.round(amount * PARTS[unit]))

/** A budget of work: how many steps it takes can be told before they are taken. */
export type WorkBudget = Exclude<TrialBudget, { readonly minutes: number }>

/** Where in its data a trial stands. */
interface Place {
  readonly step: number
  readonly samplesSeen: number
}
const START: Place = { step: 0, samplesSeen: 0 }

/** How many steps an amount of training takes. The last batch of an epoch may be short, and is a step too. */
export const stepsOf = (amount: WorkBudget, trainExamples: number, batchSize: number): number =>
  stepAt(amount, trainExamples, batchSize, START)

/**
 * The step at which an amount of training is reached, from where a trial stands: it may have come there with
 * mini-batches of another size.
 */
export function stepAt(
  amount: WorkBudget,
  trainExamples: number,
  batchSize: number,
  { step, samplesSeen }: Place,
): number {
  if ('steps' in amount) return amount.steps
  const batches = (examples: number) => Math.ceil(examples / batchSize - 1e-9)
  const whole = Math.floor(amount.epochs)
  const rest = (amount.epochs - whole) * trainExamples
  const epoch = Math.floor(samplesSeen / trainExamples)
  const seen = samplesSeen - epoch * trainExamples
  if (epoch > whole) return step
  if (epoch === whole) return Math.max(1, step + Math.max(0, batches(rest - seen)))
  const between = (whole - epoch - 1) * batches(trainExamples)
  return step + batches(trainExamples - seen) + between + batches(rest)
}

/** More exchanges than any population needs; a shorter stretch is a mistake worth a word. */
const MOST_RUNGS = 1_000
const EXCHANGES = 10
const SHARE = 0.25

type Exchanges = NonNullable<StudyConfig['population']>

/** How a population is bred where its config does not say: ten stretches, a quarter gives way after each. */
export function exchangesOf({ budget, population }: StudyConfig): Exchanges {
  if (population !== undefined) return population
  const { unit, amount } = amountOf(budget)
  const parts = toParts({ unit, amount: amount / EXCHANGES })
  return { every: budgetOf(unit, parts / PARTS[unit]), share: SHARE }
}

/**
 * The amounts of training at which trials are compared, rising; the last is the whole budget, and the only
 * one where trials are not stopped early. Throws `config/invalid` where the two don't go together.
 */
export function rungsOf(config: StudyConfig): readonly TrialBudget[] {
  const { budget, stop_early: stop } = config
  if (config.method === 'population') {
    const [every, most] = partsOf('population.every', exchangesOf(config).every, budget)
    return rungsAt(multiplesOf(every, most), budget)
  }
  if (stop === undefined) return [budget]
  const [least, most] = partsOf('stop_early.least', stop.least, budget)
  return rungsAt(halvingOf(least, most, stop.eta).rungs, budget)
}

/** An amount within a budget, and the budget, in parts. Throws `config/invalid` where it is not less. */
function partsOf(
  what: string,
  within: TrialBudget,
  budget: TrialBudget,
): readonly [within: number, budget: number] {
  const [first, whole] = [amountOf(within), amountOf(budget)]
  if (first.unit !== whole.unit) throw mixedUnits(what)
  if (first.amount >= whole.amount) throw late(what, first.amount, whole.amount)
  return [toParts(first), toParts(whole)]
}

/** Parts as budgets. The last is the whole, however it was rounded. */
function rungsAt(parts: readonly number[], budget: TrialBudget): readonly TrialBudget[] {
  const { unit } = amountOf(budget)
  return [...parts.slice(0, -1).map((part) => budgetOf(unit, part / PARTS[unit])), budget]
}

/** Every, twice every, … and the whole. */
function multiplesOf(every: number, most: number): readonly number[] {
  const count = Math.ceil(most / every)
  if (count > MOST_RUNGS) {
    throw new PandaError(
      'config/invalid',
      `population.every compares the members ${count} times`,
      `Train them longer in between; ${MOST_RUNGS} times is the most.`,
    )
  }
  return Array.from({ length: count }, (_, i) => Math.min(most, (i + 1) * every))
}

const mixedUnits = (what: string) =>
  new PandaError(
    'config/invalid',
    `budget and ${what} are in different units`,
    'Give both in steps, both in epochs, or both in minutes.',
  )

const late = (what: string, first: number, budget: number) =>
  new PandaError(
    'config/invalid',
    `${what} (${first}) is not less than the budget (${budget})`,
    'Compare trials earlier, or leave it out.',
  )
