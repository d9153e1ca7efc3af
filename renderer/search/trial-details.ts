import type { StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import { formatCost, formatCount, formatDuration } from '../ui/format.ts'
import { formatValue, measureWord } from './trial-words.ts'

/** One line of figures of a trial. */
export interface TrialFact {
  readonly name: string
  readonly value: string
}

const timeOf = ({ startedAt, endedAt, state }: TrialSummary, now: number): string => {
  if (startedAt === null) return '—'
  if (endedAt !== null && state !== 'running') return formatDuration(endedAt - startedAt)
  return state === 'running' ? `${formatDuration(now - startedAt)} so far` : '—'
}

/** What a trial came to. `now`: ms since the epoch. */
export function trialFacts(
  trial: TrialSummary,
  { measure, config }: Pick<StudySnapshot, 'measure' | 'config'>,
  now: number,
): readonly TrialFact[] {
  const { value, devCost, cost, step, budgetSteps, rung, parameters, state } = trial
  const of = budgetSteps === null ? '' : ` of ${formatCount(budgetSteps)}`
  const isMoving = value === null && trial.devAccuracy !== null && measure === 'dev_error'
  return [
    {
      name: isMoving ? `${measureWord(measure)} so far` : measureWord(measure),
      value: formatValue(measure, isMoving ? 1 - (trial.devAccuracy ?? 0) : value),
    },
    ...(measure === 'dev_error' ? [{ name: 'dev cost', value: formatCost(devCost) }] : []),
    { name: 'cost', value: formatCost(cost) },
    { name: 'step', value: `${formatCount(step)}${of}` },
    ...(config.stop_early === undefined ? [] : [{ name: 'rungs reached', value: String(rung) }]),
    { name: 'parameters', value: parameters === null ? '—' : formatCount(parameters) },
    { name: 'time', value: state === 'waiting' ? '—' : timeOf(trial, now) },
  ]
}

/** Has it weights that a run can begin with? */
export const hasWeights = ({ step, state }: TrialSummary): boolean =>
  step > 0 && state !== 'waiting' && state !== 'failed'

/** Has it something left to do, that somebody could spare it? */
export const canCancel = ({ state }: TrialSummary): boolean =>
  state === 'running' || state === 'waiting' || state === 'paused' || state === 'stopped-early'
