import type { Measure, StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { formatCost, formatCount } from '../../ui/format.ts'
import { lookOf } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import { STATE_WORDS, describePoint, formatValue, measureWord } from '../trial-words.ts'
import type { CurveMetric } from './trial-curves-data.ts'

/** One trial in words. */
export interface TrialReadout {
  readonly trial: string
  readonly look: TrialLook
  readonly state: string
  readonly value: string
  readonly cost: string
  readonly step: string
  readonly point: string
  readonly reason: string
}

export function readoutOf(
  summary: TrialSummary,
  { best, measure }: Pick<StudySnapshot, 'best' | 'measure'>,
  names: ReadonlyMap<string, string>,
): TrialReadout {
  const { trial, state, value, cost, step, budgetSteps, point, reason } = summary
  return {
    trial: formatCount(trial),
    look: lookOf(summary, { best, selected: null }),
    state: STATE_WORDS[state],
    value: formatValue(measure, value),
    cost: formatCost(cost),
    step:
      budgetSteps === null
        ? formatCount(step)
        : `${formatCount(step)} of ${formatCount(budgetSteps)}`,
    point: describePoint(point, names),
    reason: reason ?? '',
  }
}

/** The same as one sentence, for who hears it. */
export function sentenceOf(readout: TrialReadout, measure: Measure): string {
  const { trial, state, value, step, point, reason } = readout
  const why = reason === '' ? '' : `, ${reason}`
  return `trial ${trial}, ${state}${why}, ${measureWord(measure)} ${value}, step ${step}, ${point}`
}

export const METRIC_WORDS: { readonly [M in CurveMetric]: string } = {
  cost: 'Train cost',
  dev_cost: 'Dev cost',
  dev_error: 'Dev error',
}

/** What the picture shows, in words. */
export function summaryOf(snapshot: StudySnapshot, metric: CurveMetric, isLog: boolean): string {
  const { trials, best, measure } = snapshot
  const count = (state: TrialSummary['state']) =>
    trials.filter((trial) => trial.state === state).length
  const winner = trials.find(({ trial }) => trial === best)
  const parts = [
    `${METRIC_WORDS[metric]} of ${formatCount(trials.length)} trials, ${isLog ? 'logarithmic' : 'linear'}`,
    winner === undefined
      ? 'None measured yet'
      : `Best is trial ${formatCount(winner.trial)} with a ${measureWord(measure)} of ${formatValue(measure, winner.value)}`,
    `${formatCount(count('running'))} running, ${formatCount(count('diverged'))} diverged`,
  ]
  return `${parts.join('. ')}.`
}
