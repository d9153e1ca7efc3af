import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { STOPPED_EARLY, adviceOn } from '../../../core/search/advice.ts'
import type { Prospect } from '../../../core/search/advice.ts'

const MEGABYTE = 2 ** 20

/** One model of 20 epochs takes 1.67 h on one thread, and 1 h on all. */
const USUAL: Prospect = {
  stepMs: 180,
  trialStepMs: 300,
  startMs: 0,
  evaluateMs: 0,
  stepsPerEvaluation: 1_000,
  stepsPerEpoch: 1_000,
  epochs: 20,
  days: 3,
  cores: 2,
  trialBytes: 100 * MEGABYTE,
  memoryBytes: 1_000 * MEGABYTE,
}

describe('panda or caviar', () => {
  test('where a few dozen whole models fit: caviar', () => {
    const advice = adviceOn(USUAL)

    expect(advice).toMatchObject({ way: 'caviar', models: 86, parallel: 2 })
    expect(advice.modelHours).toBeCloseTo(1)
    expect(advice.reason).toBe(
      'In 3 days 2 cores can raise 86 models of 20 epochs (1.7 h each), so try many side by side and keep the best: ' +
        '200 trials of 20 epochs, stopped early, take 43 h.',
    )
    expect(advice.search).toEqual({
      trials: 200,
      parallel: 2,
      epochs: 20,
      steps: 20_000,
      stopsEarly: true,
      hours: expect.closeTo(200 * STOPPED_EARLY * (300 / 180) * 0.5, 6) as number,
    })
  })

  test('caviar stops nothing early where the time is enough for all it compares', () => {
    const { search, reason } = adviceOn({ ...USUAL, days: 30 })

    expect(search).toMatchObject({ trials: 200, stopsEarly: false, epochs: 20, parallel: 2 })
    expect(search?.hours).toBeCloseTo(100 * (5 / 3), 6)
    expect(reason).toMatch(/keep the best: 200 trials of 20 epochs take 6\.9 days\.$/)
  })

  test('caviar of trials too short to tell apart any sooner raises them whole', () => {
    const { search } = adviceOn({
      ...USUAL,
      stepsPerEpoch: 5,
      stepMs: 3e4,
      trialStepMs: 3e4,
      days: 1,
    })

    expect(search).toMatchObject({ trials: 56, steps: 100, stopsEarly: false })
  })

  test('where a few fit: a short search, then a panda', () => {
    const advice = adviceOn({ ...USUAL, days: 0.5 })

    expect(advice).toMatchObject({ way: 'search-then-panda', models: 14 })
    expect(advice.reason).toBe(
      'In 12 h 2 cores can raise 14 models of 20 epochs (1.7 h each), too few to choose from. ' +
        'A search of 55 trials of 2 epochs, stopped early, takes 1.2 h; then raise the best with care.',
    )
    expect(advice.search).toMatchObject({
      trials: 55,
      parallel: 2,
      epochs: 2,
      steps: 2_000,
      stopsEarly: true,
    })
  })

  test('where one model fills the time: straight to the panda', () => {
    const advice = adviceOn({ ...USUAL, days: 1 / 24, cores: 1 })

    expect(advice).toMatchObject({ way: 'panda', models: 0, search: null })
    expect(advice.reason).toBe(
      'In 1 h there is room for one model of 20 epochs (1 h), and no time to search first: raise one with care.',
    )
  })

  test('where not even one fits: by how much, and what does', () => {
    const advice = adviceOn({ ...USUAL, days: 0.25, epochs: 300 })

    expect(advice).toMatchObject({ way: 'panda', models: 0, search: null })
    expect(advice.reason).toBe(
      'One model of 300 epochs takes 15 h, 2.5 times the 6 h there are. There is time for 120 epochs: raise one with care.',
    )
  })

  test('where memory holds fewer than there are cores, that is how many run at once', () => {
    const advice = adviceOn({ ...USUAL, cores: 16, memoryBytes: 350 * MEGABYTE })

    expect(advice).toMatchObject({ way: 'caviar', parallel: 3, models: 129 })
    expect(advice.reason).toContain(
      '16 cores, with memory for 3 models at once, can raise 129 models',
    )
    expect(adviceOn({ ...USUAL, memoryBytes: 1 }).parallel).toBe(1)
  })

  test('tiny data: more models than anyone compares', () => {
    const advice = adviceOn({ ...USUAL, stepMs: 0.1, trialStepMs: 0.1, stepsPerEpoch: 13 })

    expect(advice.way).toBe('caviar')
    expect(advice.reason).toContain('can raise over a thousand models of 20 epochs (0.026 s each)')
  })

  test('starting a trial and evaluating it count, which is most of what a tiny one takes', () => {
    const tiny = { ...USUAL, stepMs: 0.1, trialStepMs: 0.1, stepsPerEpoch: 20, epochs: 5 }

    const steps = adviceOn({ ...tiny, stepsPerEvaluation: 20 })
    const all = adviceOn({ ...tiny, stepsPerEvaluation: 20, evaluateMs: 1, startMs: 10 })

    // 100 steps of 0.1 ms; five evaluations of 1 ms and a start of 10 ms beside them; 100 such on each core.
    expect(steps.search?.hours).toBeCloseTo((100 * 10) / 3_600_000, 12)
    expect(all.search?.hours).toBeCloseTo((100 * 25) / 3_600_000, 12)
    expect(all.models).toBe(2 * Math.floor((3 * 24 * 3_600_000) / 25))
    expect(all.modelHours).toBeCloseTo(15 / 3_600_000, 12)
  })

  test('of trials that are stopped early each rung is a start of its own', () => {
    const without = adviceOn(USUAL)
    const withStarts = adviceOn({ ...USUAL, startMs: 60_000 })

    const starts = (200 * (1 + 1 / 3 + 1 / 9)) / 60 / 2
    expect(withStarts.search?.stopsEarly).toBe(true)
    expect(withStarts.search?.hours).toBeCloseTo((without.search?.hours ?? 0) + starts, 6)
  })

  test('trials that take longer to start than to train are raised whole', () => {
    const slowStart = {
      ...USUAL,
      trialStepMs: 1,
      stepMs: 1,
      epochs: 1,
      startMs: 60_000,
      days: 0.05,
    }

    expect(adviceOn(slowStart).search).toMatchObject({ trials: 140, stopsEarly: false })
  })

  test('a search whose trials would be shorter than what tells them apart is not recommended', () => {
    const slow = { ...USUAL, stepMs: 60_000, trialStepMs: 60_000, stepsPerEpoch: 10, days: 0.3 }

    expect(adviceOn({ ...slow, days: 1 })).toMatchObject({ way: 'panda', search: null })
  })

  const prospects = fc.record({
    stepMs: fc.double({ min: 0.05, max: 5_000, noNaN: true }),
    trialStepMs: fc.double({ min: 0.05, max: 20_000, noNaN: true }),
    startMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    evaluateMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    stepsPerEvaluation: fc.double({ min: 0.5, max: 20_000, noNaN: true }),
    stepsPerEpoch: fc.integer({ min: 1, max: 10_000 }),
    epochs: fc.double({ min: 0.1, max: 500, noNaN: true }),
    days: fc.double({ min: 0.001, max: 100, noNaN: true }),
    cores: fc.integer({ min: 1, max: 64 }),
    trialBytes: fc.integer({ min: 1, max: 2 ** 34 }),
    memoryBytes: fc.integer({ min: 1, max: 2 ** 36 }),
  })
  const RANK = { panda: 0, 'search-then-panda': 1, caviar: 2 } as const

  test('more days never lead away from caviar, nor from a search to none', () => {
    fc.assert(
      fc.property(prospects, fc.double({ min: 1, max: 20, noNaN: true }), (prospect, longer) => {
        const [less, more] = [prospect, { ...prospect, days: prospect.days * longer }].map(adviceOn)

        expect(RANK[more?.way ?? 'panda']).toBeGreaterThanOrEqual(RANK[less?.way ?? 'panda'])
        expect(more?.models).toBeGreaterThanOrEqual(less?.models ?? 0)
      }),
    )
  })

  test('a search takes a tenth of the time at the most, and leaves enough for the whole model', () => {
    fc.assert(
      fc.property(prospects, (prospect) => {
        const { search, way, modelHours, parallel, reason } = adviceOn(prospect)
        const hours = prospect.days * 24

        expect(reason).not.toMatch(/NaN|Infinity|undefined/)
        if (search === null || way === 'caviar') return
        expect(search.hours).toBeLessThanOrEqual(hours * 0.1 + 1e-9)
        expect(search.hours + modelHours).toBeLessThanOrEqual(hours + 1e-9)
        expect(search.trials).toBeGreaterThanOrEqual(12)
        expect(search.trials).toBeLessThanOrEqual(60)
        const work = search.trials * STOPPED_EARLY * search.epochs * prospect.stepsPerEpoch
        const needed = (work * prospect.trialStepMs) / 3_600_000 / parallel
        expect(search.hours).toBeGreaterThanOrEqual(needed - 1e-9)
      }),
    )
  })

  test('caviar has a plan of as many trials as whole models fit, or more, within the time', () => {
    fc.assert(
      fc.property(prospects, (prospect) => {
        const { search, way, models, parallel } = adviceOn(prospect)

        expect(way === 'caviar' && search === null).toBe(false)
        if (way !== 'caviar' || search === null) return
        const steps = prospect.epochs * prospect.stepsPerEpoch
        const whole = (steps * prospect.trialStepMs) / 3_600_000
        expect(search.trials).toBeGreaterThanOrEqual(Math.min(models, 200))
        expect(search.trials).toBeLessThanOrEqual(200)
        expect(search.hours).toBeLessThanOrEqual(prospect.days * 24 * (1 + 1e-9))
        expect(search.hours).toBeGreaterThanOrEqual(
          ((whole * search.trials * (search.stopsEarly ? STOPPED_EARLY : 1)) / parallel) *
            (1 - 1e-9),
        )
        expect(search).toMatchObject({
          parallel,
          epochs: prospect.epochs,
          steps: Math.ceil(steps),
        })
      }),
    )
  })
})
