import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StudyEvent, StudySnapshot, TrialState } from '../../../core/protocol/study.ts'
import { TRIAL_STATES } from '../../../core/protocol/study.ts'
import { bestOf, reduceStudy } from '../../../renderer/search/study-snapshot.ts'
import { doneTrial, firstStudy, trialAt } from '../fake-study.ts'

const after = (...events: readonly StudyEvent[]): StudySnapshot =>
  events.reduce(reduceStudy, firstStudy())

const bucket = (trial: number, step: number, cost: number) => {
  const mean = Float64Array.of(cost)
  return { trial, step: Float64Array.of(step), min: mean, max: mean, mean }
}
const metrics = (trial: number, step: number, cost: number): StudyEvent => ({
  type: 'metrics',
  ...bucket(trial, step, cost),
})

describe('the picture of a study, brought forward by events', () => {
  test('a new trial is added in its place, a known one is replaced', () => {
    const { trials } = after(
      { type: 'trial-changed', trial: trialAt(2) },
      { type: 'trial-changed', trial: trialAt(1) },
      { type: 'trial-changed', trial: trialAt(2, { state: 'failed', reason: 'no room' }) },
    )

    expect(trials.map(({ trial, state }) => [trial, state])).toEqual([
      [1, 'running'],
      [2, 'failed'],
    ])
  })

  test('metrics move a trial’s step and cost, and the sum of all steps', () => {
    const { trials, steps } = after(
      { type: 'trial-changed', trial: trialAt(1, { step: 100 }) },
      { type: 'trial-changed', trial: trialAt(2, { step: 40 }) },
      metrics(1, 130, 0.5),
    )

    expect(trials[0]).toMatchObject({ step: 130, cost: 0.5 })
    expect(steps).toBe(170)
  })

  test('metrics that the picture holds already change nothing at all', () => {
    const before = after({ type: 'trial-changed', trial: trialAt(1, { step: 100, cost: 1 }) })

    expect(reduceStudy(before, metrics(1, 100, 0.7))).toBe(before)
    expect(reduceStudy(before, metrics(9, 10, 0.7))).toBe(before)
  })

  test('a trial that goes back to its checkpoint takes its steps back', () => {
    const { steps } = after(
      { type: 'trial-changed', trial: trialAt(1, { step: 130 }) },
      { type: 'trial-changed', trial: trialAt(1, { step: 100 }) },
    )

    expect(steps).toBe(100)
  })

  test('a dev cost that is not finite is none', () => {
    const { trials } = after(
      { type: 'trial-changed', trial: trialAt(1) },
      { type: 'evaluated', trial: 1, step: 50, devCost: Number.NaN, devAccuracy: 0.1 },
    )

    expect(trials[0]).toMatchObject({ devCost: null, devAccuracy: 0.1 })
  })

  test('what is told of many trials together is the same as one after the other', () => {
    const events = [
      { type: 'trial-changed', trial: trialAt(1) },
      { type: 'trial-changed', trial: doneTrial(2, 0.1) },
      { type: 'evaluated', trial: 1, step: 150, devCost: 0.4, devAccuracy: 0.9 },
      { type: 'metrics', ...bucket(1, 200, 0.3) },
    ] as const

    const whole = after({ type: 'together', events })

    expect(whole).toEqual(after(...events))
    expect(whole.trials[0]).toMatchObject({ step: 200, cost: 0.3, devCost: 0.4 })
    expect(whole.best).toBe(2)
  })

  test('the best diverges on its way to the next rung: the second best takes its place', () => {
    const best = doneTrial(2, 0.05)
    const { best: now } = after(
      { type: 'trial-changed', trial: doneTrial(1, 0.1) },
      { type: 'trial-changed', trial: best },
      { type: 'trial-changed', trial: { ...best, state: 'diverged', reason: 'NaN' } },
    )

    expect(now).toBe(1)
  })

  test('when its care breaks off, what ran is paused and the reason stays until it goes on', () => {
    const error = { code: 'engine/failed', message: 'its thread broke', remedy: null } as const
    const broken = after(
      { type: 'study-state', state: 'running' },
      { type: 'trial-changed', trial: trialAt(1) },
      { type: 'study-failed', error },
    )

    expect(broken).toMatchObject({ state: 'paused', failure: error })
    expect(broken.trials[0]?.state).toBe('paused')
    expect(reduceStudy(broken, { type: 'study-state', state: 'running' }).failure).toBeNull()
  })

  test('best and steps are always what the trials say, whatever happens in whatever order', () => {
    const trial = fc
      .record({
        trial: fc.integer({ min: 1, max: 6 }),
        value: fc.option(fc.constantFrom(0.1, 0.2, 0.3)),
        state: fc.constantFrom<TrialState>(...TRIAL_STATES),
        step: fc.integer({ min: 0, max: 450 }),
      })
      .map(({ trial: number, ...change }) => trialAt(number, change))

    fc.assert(
      fc.property(fc.array(trial, { maxLength: 40 }), (changes) => {
        const end = after(...changes.map((one) => ({ type: 'trial-changed', trial: one }) as const))

        expect(end.best).toBe(bestOf(end.trials))
        expect(end.steps).toBe(end.trials.reduce((sum, { step }) => sum + step, 0))
        expect(end.trials.map((one) => one.trial)).toEqual(
          [...new Set(changes.map((one) => one.trial))].sort((a, b) => a - b),
        )
      }),
    )
  })
})
