import { PandaError } from '../errors.ts'
import type { StudyConfig, TrialBudget } from '../protocol/study.ts'
import { halvingOf } from './halving.ts'

/** Rungs of epochs may lie between whole ones: they are counted in thousandths. */
const PARTS_PER_EPOCH = 1_000

/** How many steps an amount of training takes. The last batch of an epoch may be short, and is a step too. */
export function stepsOf(amount: TrialBudget, trainExamples: number, batchSize: number): number {
  if ('steps' in amount) return amount.steps
  const whole = Math.floor(amount.epochs)
  const rest = (amount.epochs - whole) * trainExamples
  const steps = whole * Math.ceil(trainExamples / batchSize) + Math.ceil(rest / batchSize - 1e-9)
  return Math.max(1, steps)
}

/**
 * The amounts of training at which trials are compared, rising; the last is the whole budget, and the only
 * one where trials are not stopped early. Throws `config/invalid` where the two don't go together.
 */
export function rungsOf({ budget, stop_early: stop }: StudyConfig): readonly TrialBudget[] {
  if (stop === undefined) return [budget]
  if ('steps' in budget && 'steps' in stop.least) {
    refuseLate(stop.least.steps, budget.steps)
    return halvingOf(stop.least.steps, budget.steps, stop.eta).rungs.map((steps) => ({ steps }))
  }
  if ('epochs' in budget && 'epochs' in stop.least) {
    refuseLate(stop.least.epochs, budget.epochs)
    const parts = (epochs: number) => Math.max(1, Math.round(epochs * PARTS_PER_EPOCH))
    const { rungs } = halvingOf(parts(stop.least.epochs), parts(budget.epochs), stop.eta)
    return rungs.map((part) => ({ epochs: part / PARTS_PER_EPOCH }))
  }
  throw new PandaError(
    'config/invalid',
    'budget and stop_early.least are in different units',
    'Give both in steps, or both in epochs.',
  )
}

function refuseLate(least: number, budget: number): void {
  if (least < budget) return
  throw new PandaError(
    'config/invalid',
    `stop_early.least (${least}) is not less than the budget (${budget})`,
    'Compare trials earlier, or leave stop_early out.',
  )
}
