import { PandaError } from '../errors.ts'
import type { StudyConfig, TrialBudget } from '../protocol/study.ts'
import { halvingOf } from './halving.ts'

/** Rungs of epochs may lie between whole ones: they are counted in thousandths. */
const PARTS_PER_EPOCH = 1_000

/** Where in its data a trial stands. */
interface Place {
  readonly step: number
  readonly samplesSeen: number
}
const START: Place = { step: 0, samplesSeen: 0 }

/** How many steps an amount of training takes. The last batch of an epoch may be short, and is a step too. */
export const stepsOf = (amount: TrialBudget, trainExamples: number, batchSize: number): number =>
  stepAt(amount, trainExamples, batchSize, START)

/**
 * The step at which an amount of training is reached, from where a trial stands: it may have come there with
 * mini-batches of another size.
 */
export function stepAt(
  amount: TrialBudget,
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
  const every: TrialBudget =
    'steps' in budget
      ? { steps: Math.max(1, Math.round(budget.steps / EXCHANGES)) }
      : { epochs: toParts(budget.epochs / EXCHANGES) / PARTS_PER_EPOCH }
  return { every, share: SHARE }
}

const toParts = (epochs: number): number => Math.max(1, Math.round(epochs * PARTS_PER_EPOCH))

/**
 * The amounts of training at which trials are compared, rising; the last is the whole budget, and the only
 * one where trials are not stopped early. Throws `config/invalid` where the two don't go together.
 */
export function rungsOf(config: StudyConfig): readonly TrialBudget[] {
  const { budget, stop_early: stop } = config
  if (config.method === 'population') return exchangeRungs(budget, exchangesOf(config).every)
  if (stop === undefined) return [budget]
  if ('steps' in budget && 'steps' in stop.least) {
    refuseLate('stop_early.least', stop.least.steps, budget.steps)
    return halvingOf(stop.least.steps, budget.steps, stop.eta).rungs.map((steps) => ({ steps }))
  }
  if ('epochs' in budget && 'epochs' in stop.least) {
    refuseLate('stop_early.least', stop.least.epochs, budget.epochs)
    const [least, most] = [toParts(stop.least.epochs), toParts(budget.epochs)]
    const { rungs } = halvingOf(least, most, stop.eta)
    return rungs.map((part) => ({ epochs: part / PARTS_PER_EPOCH }))
  }
  throw mixedUnits('stop_early.least')
}

/** Every, twice every, … and the whole budget. */
function exchangeRungs(budget: TrialBudget, every: TrialBudget): readonly TrialBudget[] {
  if ('steps' in budget && 'steps' in every) {
    refuseLate('population.every', every.steps, budget.steps)
    return multiplesOf(every.steps, budget.steps).map((steps) => ({ steps }))
  }
  if ('epochs' in budget && 'epochs' in every) {
    refuseLate('population.every', every.epochs, budget.epochs)
    const rungs = multiplesOf(toParts(every.epochs), toParts(budget.epochs))
    return [...rungs.slice(0, -1).map((part) => ({ epochs: part / PARTS_PER_EPOCH })), budget]
  }
  throw mixedUnits('population.every')
}

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
    'Give both in steps, or both in epochs.',
  )

function refuseLate(what: string, first: number, budget: number): void {
  if (first < budget) return
  throw new PandaError(
    'config/invalid',
    `${what} (${first}) is not less than the budget (${budget})`,
    'Compare trials earlier, or leave it out.',
  )
}
