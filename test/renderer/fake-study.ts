import { PandaError } from '../../core/errors.ts'
import type { Point, SearchSpace } from '../../core/protocol/space.ts'
import { studyConfig } from '../../core/protocol/study.ts'
import type {
  StudyEntry,
  StudyEvent,
  StudySnapshot,
  StudyState,
  StudySummary,
  TrialCurve,
  TrialSummary,
} from '../../core/protocol/study.ts'
import search from '../../examples/digits-search.json' with { type: 'json' }
import { reduceStudy } from '../../renderer/search/study-snapshot.ts'
import { inventedTrial, listedStudy } from '../fixtures/invented-trial.ts'
import { BORN_AT } from './fake-run.ts'

const RATE = 'hyperparameters.learning_rate'
const UNITS = 'network.layers.0.units'

export const SPACE: SearchSpace = {
  [RATE]: { type: 'real', low: 1e-4, high: 1 },
  [UNITS]: { type: 'integer', low: 16, high: 256 },
}

type Unstamped<E> = E extends unknown ? Omit<E, 'at'> : never

export const BUDGET = 450

/** A study before its first trial. `trials`: how many it is to have. */
export const firstStudy = (study = 'search', trials = 12, at = BORN_AT): StudySnapshot => ({
  study,
  file: `/runs/${study}.study`,
  createdAt: at,
  config: studyConfig.parse({
    ...search,
    name: study,
    method: 'random',
    space: SPACE,
    trials,
    budget: { steps: BUDGET },
  }),
  measure: 'dev_error',
  state: 'paused',
  trials: [],
  best: null,
  steps: 0,
  trainExamples: 8_000,
  journal: [],
  failure: null,
})

/** A trial as it is when it begins: learning rate and units go by its number. */
export const trialAt = (trial: number, change: Partial<TrialSummary> = {}): TrialSummary =>
  inventedTrial(trial, {
    point: { [RATE]: 0.001 * trial, [UNITS]: 16 + trial } as Point,
    state: 'running',
    budgetSteps: BUDGET,
    startedAt: BORN_AT + trial * 1_000,
    parameters: 10_000 + trial,
    ...change,
  })

/** A trial that trained for its whole budget and came to this dev error. */
export const doneTrial = (trial: number, value: number): TrialSummary =>
  trialAt(trial, {
    state: 'done',
    step: BUDGET,
    cost: value,
    devCost: value * 2,
    devAccuracy: 1 - value,
    value,
    rung: 1,
    endedAt: BORN_AT + trial * 1_000 + 9_000,
  })

/** One study with invented trials, moved by hand. */
export class FakeStudy {
  snapshot: StudySnapshot
  readonly #tell: (event: StudyEvent) => void
  #now = BORN_AT

  constructor(name: string, tell: (event: StudyEvent) => void, trials = 12) {
    this.snapshot = firstStudy(name, trials)
    this.#tell = tell
  }

  say(event: StudyEvent): void {
    this.snapshot = reduceStudy(this.snapshot, event)
    this.#tell(event)
  }

  note(body: Unstamped<StudyEntry>): void {
    this.#now += 1_000
    this.say({ type: 'study-journaled', entry: { at: this.#now, ...body } })
  }

  state(state: StudyState): void {
    this.say({ type: 'study-state', state })
  }

  put(trial: TrialSummary): void {
    this.say({ type: 'trial-changed', trial })
  }

  trial(number: number): TrialSummary {
    const trial = this.snapshot.trials.find((one) => one.trial === number)
    if (trial === undefined) {
      throw new PandaError('session/no-such-target', `there is no trial ${number}`)
    }
    return trial
  }

  cancel(number: number): void {
    this.note({ kind: 'trial-cancelled', trial: number })
    this.put({ ...this.trial(number), state: 'cancelled', endedAt: this.#now })
  }

  addTrials(count: number): void {
    const { config, state } = this.snapshot
    this.say({ type: 'study-changed', config: { ...config, trials: config.trials + count } })
    this.note({ kind: 'trials-added', trials: count })
    if (state === 'done') this.state('paused')
  }

  changeSpace(space: SearchSpace): void {
    const { config } = this.snapshot
    this.note({ kind: 'space-changed', from: config.space, to: space })
    this.say({ type: 'study-changed', config: { ...config, space } })
  }

  /** Its line at home. */
  summary(): StudySummary {
    return listedStudy(this.snapshot)
  }

  /** A straight line down for every trial that took a step. */
  curves(): readonly TrialCurve[] {
    return this.snapshot.trials
      .filter(({ step }) => step > 0)
      .map(({ trial, step, cost }) => {
        const values = Float64Array.of(2.3, cost ?? 1)
        return { trial, step: Float64Array.of(1, step), min: values, max: values, mean: values }
      })
  }
}
