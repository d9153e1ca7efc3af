import { describe, expect, test } from 'vitest'
import { studyConfig } from '../../../core/protocol/study.ts'
import type { TrialState } from '../../../core/protocol/study.ts'
import type { Dimension, Point, SearchSpace } from '../../../core/protocol/space.ts'
import { rungsOf, stepAt, stepsOf } from '../../../core/search/budget.ts'
import { fits, historyOf, seedFor, unsearchable } from '../../../core/search/study-history.ts'

const SPACE: SearchSpace = {
  'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 0.1 },
  optimizer: { type: 'choice', values: ['adam', 'momentum'] },
  'hyperparameters.momentum': {
    type: 'real',
    low: 0.5,
    high: 0.99,
    when: { optimizer: ['momentum'] },
  },
}

describe('budgets', () => {
  test('an epoch whose last batch is short takes a step more', () => {
    expect(stepsOf({ steps: 7 }, 100, 30)).toBe(7)
    expect(stepsOf({ epochs: 1 }, 100, 30)).toBe(4)
    expect(stepsOf({ epochs: 3 }, 100, 30)).toBe(12)
    expect(stepsOf({ epochs: 2.5 }, 100, 25)).toBe(10)
    expect(stepsOf({ epochs: 0.001 }, 100, 30)).toBe(1)
  })

  test('rungs rise to the whole budget', () => {
    const study = (budget: object, stop?: object) =>
      rungsOf(
        studyConfig.parse({
          run: {},
          space: SPACE,
          budget,
          ...(stop && { stop_early: { least: stop } }),
        }),
      )
    expect(study({ steps: 90 })).toEqual([{ steps: 90 }])
    expect(study({ steps: 90 }, { steps: 10 }).map((r) => 'steps' in r && r.steps)).toEqual([
      10, 30, 90,
    ])
    expect(study({ epochs: 9 }, { epochs: 1 })).toEqual([
      { epochs: 1 },
      { epochs: 3 },
      { epochs: 9 },
    ])
    expect(study({ minutes: 0.9 }, { minutes: 0.1 })).toEqual([
      { minutes: 0.1 },
      { minutes: 0.3 },
      { minutes: 0.9 },
    ])
    expect(() => study({ epochs: 9 }, { steps: 1 })).toThrow('different units')
    expect(() => study({ minutes: 9 }, { epochs: 1 })).toThrow('different units')
    expect(() => study({ steps: 9 }, { steps: 9 })).toThrow('is not less than')
  })
})

describe('rungs of a population', () => {
  const study = (budget: object, every?: object) =>
    studyConfig.parse({
      run: {},
      space: SPACE,
      budget,
      method: 'population',
      ...(every && { population: { every } }),
    })

  test('are every stretch, and the whole budget', () => {
    expect(rungsOf(study({ steps: 10 }, { steps: 4 }))).toEqual([
      { steps: 4 },
      { steps: 8 },
      { steps: 10 },
    ])
    expect(rungsOf(study({ epochs: 1 }, { epochs: 0.5 }))).toEqual([{ epochs: 0.5 }, { epochs: 1 }])
  })

  test('are a tenth of the budget apart where the config does not say', () => {
    expect(rungsOf(study({ steps: 450 }))).toHaveLength(10)
    expect(rungsOf(study({ epochs: 3 })).slice(0, 2)).toEqual([{ epochs: 0.3 }, { epochs: 0.6 }])
  })

  test('count epochs from where a member stands, whatever mini-batches brought it there', () => {
    const at = (step: number, samplesSeen: number) => ({ step, samplesSeen })

    expect(stepAt({ epochs: 2 }, 100, 30, at(10, 100))).toBe(14)
    expect(stepAt({ epochs: 2 }, 100, 30, at(3, 60))).toBe(3 + 2 + 4)
    expect(stepAt({ epochs: 1.5 }, 100, 10, at(2, 120))).toBe(5)
    expect(stepAt({ epochs: 1.5 }, 100, 10, at(2, 160))).toBe(2)
    expect(stepAt({ epochs: 1.5 }, 100, 10, at(2, 200))).toBe(2)
    expect(stepAt({ steps: 7 }, 100, 10, at(2, 200))).toBe(7)
  })
})

describe('what a method is told', () => {
  const trial = (point: Point, state: TrialState, value: number | null = null, space = 0) => ({
    point,
    state,
    value,
    space,
    measured: value === null ? [] : [value],
  })
  const at = (rate: number): Point => ({
    'hyperparameters.learning_rate': rate,
    optimizer: 'adam',
  })

  test('a point fits a space with its active dimensions and ranges', () => {
    expect(fits(SPACE, at(0.01))).toBe(true)
    expect(fits(SPACE, at(0.2))).toBe(false)
    expect(fits(SPACE, { ...at(0.01), 'hyperparameters.momentum': 0.9 })).toBe(false)
    expect(fits(SPACE, { ...at(0.01), optimizer: 'momentum' })).toBe(false)
    expect(
      fits(SPACE, { ...at(0.01), optimizer: 'momentum', 'hyperparameters.momentum': 0.9 }),
    ).toBe(true)
    expect(fits(SPACE, { 'hyperparameters.learning_rate': 0.01 })).toBe(false)
  })

  test('each state is an outcome', () => {
    const trials = [
      trial(at(0.01), 'done', 3),
      trial(at(0.01), 'stopped-early', 4),
      trial(at(0.01), 'running', 5),
      trial(at(0.01), 'running'),
      trial(at(0.01), 'paused'),
      trial(at(0.01), 'diverged'),
      trial(at(0.01), 'cancelled'),
    ]
    const told = historyOf(trials, { space: SPACE, count: 0, method: 'random' })
    expect(told.map(({ outcome }) => outcome.kind)).toEqual([
      'measured',
      'measured',
      'measured',
      'running',
      'running',
      'failed',
      'given-up',
    ])
  })

  test('what was not finite at a rung stays there, as no number', () => {
    const stopped = { ...trial(at(0.01), 'diverged'), measured: [3, null] }

    const [told] = historyOf([stopped], { space: SPACE, count: 0, method: 'bayesian' })

    expect(told).toMatchObject({ outcome: { kind: 'failed' }, climbed: [3, Infinity] })
  })

  test('after the space was changed, what lies outside is left out, and a grid begins anew', () => {
    const trials = [
      trial(at(0.01), 'done', 1),
      trial(at(5), 'done', 2),
      trial(at(0.02), 'done', 3, 1),
    ]
    const told = (method: 'random' | 'grid') =>
      historyOf(trials, { space: SPACE, count: 1, method }).length
    expect(told('random')).toBe(2)
    expect(told('grid')).toBe(1)
    expect(seedFor(1, 0)).toBe(1)
    expect(seedFor(1, 1)).not.toBe(seedFor(1, 2))
  })
})

test('what makes trials comparable cannot be searched', () => {
  expect(unsearchable(SPACE)).toBeNull()
  const one: Dimension = { type: 'choice', values: [1] }
  expect(unsearchable({ 'data.normalise': one })).toBeNull()
  for (const path of ['seed', 'data.dev', 'threads', 'name']) {
    expect(unsearchable({ [path]: one })).toContain(`"${path}" cannot be searched`)
  }
})
