import { assertNever } from '../../core/errors.ts'
import type {
  StudyEvent,
  StudySnapshot,
  TrialState,
  TrialSummary,
} from '../../core/protocol/study.ts'

/** Trials that have come to an end, whether they may still be taken further or not. */
const ENDED: ReadonlySet<TrialState> = new Set([
  'stopped-early',
  'done',
  'diverged',
  'failed',
  'cancelled',
  'replaced',
])
export const isEnded = ({ state }: Pick<TrialSummary, 'state'>): boolean => ENDED.has(state)

/** Has any trial taken a step, or come to an end? A study is made with its first trial, which waits. */
export const hasBegun = ({ trials }: Pick<StudySnapshot, 'trials'>): boolean =>
  trials.some(({ state }) => state !== 'waiting')

/** How many trials stand how. */
export function countTrials(trials: readonly TrialSummary[]): {
  readonly ended: number
  readonly running: number
  readonly measured: number
} {
  let [ended, running, measured] = [0, 0, 0]
  for (const trial of trials) {
    if (isEnded(trial)) ended += 1
    if (trial.state === 'running') running += 1
    if (trial.value !== null) measured += 1
  }
  return { ended, running, measured }
}

/** What a trial counts for when the best is looked for; infinity where it is none to choose. */
const rankOf = ({ state, value }: TrialSummary): number =>
  value === null || state === 'diverged' || state === 'failed' ? Infinity : value

/** The trial with the lowest value; of equals the first. Null where none was measured. */
export function bestOf(trials: readonly TrialSummary[]): number | null {
  let best: TrialSummary | null = null
  for (const trial of trials) {
    if (rankOf(trial) < (best === null ? Infinity : rankOf(best))) best = trial
  }
  return best?.trial ?? null
}

/** A trial by its number. They are numbered from 1 in the order they stand in; a gap is searched for. */
export function trialIn(trials: readonly TrialSummary[], number: number): TrialSummary | undefined {
  const there = trials[number - 1]
  return there?.trial === number ? there : trials.find(({ trial }) => trial === number)
}

/** The best after one trial changed: all are looked through only where the best itself got worse. */
function bestAfter(
  trials: readonly TrialSummary[],
  best: number | null,
  before: TrialSummary | undefined,
  now: TrialSummary,
): number | null {
  if (before !== undefined && rankOf(before) === rankOf(now)) return best
  if (best === now.trial) return bestOf(trials)
  const known = best === null ? undefined : trialIn(trials, best)
  const [rank, lowest] = [rankOf(now), known === undefined ? Infinity : rankOf(known)]
  const isFirst = rank === lowest && rank < Infinity && best !== null && now.trial < best
  return rank < lowest || isFirst ? now.trial : best
}

/** The snapshot with one trial as it is now. */
function withTrial(snapshot: StudySnapshot, now: TrialSummary): StudySnapshot {
  const { trials, best, steps } = snapshot
  const before = trialIn(trials, now.trial)
  const all =
    before === undefined
      ? [...trials, now].toSorted((a, b) => a.trial - b.trial)
      : trials.with(trials.indexOf(before), now)
  return {
    ...snapshot,
    trials: all,
    best: bestAfter(all, best, before, now),
    steps: steps + now.step - (before?.step ?? 0),
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** A care that ended took its trials with it: they stand at their last checkpoint. */
const resting = (trials: readonly TrialSummary[]): readonly TrialSummary[] =>
  trials.map((trial) => (trial.state === 'running' ? { ...trial, state: 'paused' } : trial))

/**
 * Brings a snapshot forward by one event. Pure; the only way the window's picture of a study changes. Answers the
 * very same snapshot where the event holds nothing new.
 */
export function reduceStudy(snapshot: StudySnapshot, event: StudyEvent): StudySnapshot {
  switch (event.type) {
    case 'study-state': {
      const { state } = event
      return { ...snapshot, state, failure: state === 'running' ? null : snapshot.failure }
    }
    case 'together':
      return event.events.reduce<StudySnapshot>(reduceStudy, snapshot)
    case 'trial-changed':
      return withTrial(snapshot, event.trial)
    case 'study-changed':
      return { ...snapshot, config: event.config }
    case 'study-journaled':
      return { ...snapshot, journal: [...snapshot.journal, event.entry] }
    case 'metrics': {
      const trial = trialIn(snapshot.trials, event.trial)
      const step = event.step.at(-1)
      if (trial === undefined || step === undefined || step <= trial.step) return snapshot
      return withTrial(snapshot, { ...trial, step, cost: event.mean.at(-1) ?? trial.cost })
    }
    case 'evaluated': {
      const trial = trialIn(snapshot.trials, event.trial)
      if (trial === undefined) return snapshot
      const [devCost, { devAccuracy }] = [finite(event.devCost), event]
      if (trial.devCost === devCost && trial.devAccuracy === devAccuracy) return snapshot
      return withTrial(snapshot, { ...trial, devCost, devAccuracy })
    }
    case 'notice':
      return snapshot
    case 'study-failed': {
      const state = snapshot.state === 'running' ? 'paused' : snapshot.state
      return { ...snapshot, state, trials: resting(snapshot.trials), failure: event.error }
    }
    default:
      return assertNever(event)
  }
}
