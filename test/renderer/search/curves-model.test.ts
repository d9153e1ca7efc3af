import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TRIAL_STATES } from '../../../core/protocol/study.ts'
import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { alongOf } from '../../../renderer/search/curves/along.ts'
import { displayOf } from '../../../renderer/search/curves/display.ts'
import { drawnAlike, layersOf, rankingOf } from '../../../renderer/search/curves/layers.ts'
import { legendOf } from '../../../renderer/search/curves/legend.ts'
import { limitsOf } from '../../../renderer/search/curves/limits.ts'
import { nearestOf, placeIn, tipOf, traceOf } from '../../../renderer/search/curves/trace.ts'
import type { Scales } from '../../../renderer/search/curves/trace.ts'
import { Track } from '../../../renderer/search/curves/track.ts'
import { depthOf, lookOf } from '../../../renderer/search/trial-look.ts'
import { studyOf, trialOf } from './curves-study.ts'

function trackOf(values: readonly number[]): Track {
  const track = new Track()
  const mean = Float64Array.from(values)
  track.append({ step: mean.map((_, i) => i + 1), min: mean, max: mean, mean })
  return track
}
const shownOf = (values: readonly number[], memory = 0) => displayOf(trackOf(values), memory)
const spanned = (values: readonly number[], { isBad = false, isBest = false } = {}) => ({
  display: shownOf(values),
  isBad,
  isBest,
})
const NONE = { best: null, selected: null, hovered: null }
const SCALES: Scales = {
  end: 10,
  limits: { min: 0.1, max: 10 },
  isLog: true,
  frame: { left: 0, right: 100, top: 0, bottom: 200 },
}
const straight = (_: number, step: number) => step

describe('looks', () => {
  test('put the best before the selected one, and both before what became of a trial', () => {
    const trial = trialOf(3, { state: 'diverged' })

    expect(lookOf(trial, { best: 3, selected: 3 })).toBe('best')
    expect(lookOf(trial, { best: 1, selected: 3 })).toBe('selected')
    expect(lookOf(trial, { best: 1, selected: 2 })).toBe('bad')
  })

  test('have a place from back to front for every state', () => {
    for (const state of TRIAL_STATES) {
      const look = lookOf(trialOf(1, { state }), { best: null, selected: null })
      expect(depthOf(look)).toBeGreaterThanOrEqual(0)
      expect(depthOf(look)).toBeLessThan(depthOf('best'))
    }
  })
})

describe('two snapshots', () => {
  const study = studyOf([trialOf(1), trialOf(2)], { best: 1 })
  const withFirst = (change: Partial<TrialSummary>) => ({
    ...study,
    trials: study.trials.with(0, trialOf(1, change)),
  })

  test('are drawn alike where only figures moved, which curves tell', () => {
    const moved = withFirst({ step: 77, cost: 0.5, devCost: 0.1 })

    expect(drawnAlike(study, study)).toBe(true)
    expect(drawnAlike(study, moved)).toBe(true)
  })

  test('are not where a trial has another state, value or budget, or one more or another best is there', () => {
    const others: readonly StudySnapshot[] = [
      withFirst({ state: 'diverged' }),
      withFirst({ value: 0.25 }),
      withFirst({ budgetSteps: 9_999 }),
      { ...study, best: 2 },
      { ...study, trials: [...study.trials, trialOf(3)] },
      { ...study, config: { ...study.config } },
      { ...study, study: 'another' },
    ]

    for (const other of others) expect(drawnAlike(study, other)).toBe(false)
  })
})

describe('layers', () => {
  const trials = [
    trialOf(1, { state: 'done' }),
    trialOf(2, { state: 'running' }),
    trialOf(3, { state: 'stopped-early' }),
    trialOf(4, { state: 'diverged' }),
    trialOf(5, { state: 'running' }),
  ]
  const numbers = (layer: readonly { readonly trial: number }[]) => layer.map(({ trial }) => trial)

  test('paint each time only what runs', () => {
    const { standing, live } = layersOf(trials, NONE)

    expect(numbers(standing)).toEqual([3, 1, 4])
    expect(numbers(live)).toEqual([2, 5])
  })

  test('paint what stands out over all others, the one under the pointer last', () => {
    const { standing, live } = layersOf(trials, { best: 1, selected: 3, hovered: 4 })

    expect(numbers(standing)).toEqual([3, 1, 4])
    expect(live).toEqual([
      { trial: 2, look: 'running' },
      { trial: 5, look: 'running' },
      { trial: 3, look: 'selected' },
      { trial: 1, look: 'best' },
      { trial: 4, look: 'bad' },
    ])
  })

  test('never lose a trial, whatever stands out', () => {
    const state = fc.constantFrom(...TRIAL_STATES)
    const mark = fc.option(fc.integer({ min: 1, max: 9 }))
    const marks = fc.record({ best: mark, selected: mark, hovered: mark })
    fc.assert(
      fc.property(fc.array(state, { maxLength: 9 }), marks, (states, which) => {
        const all = states.map((one, i) => trialOf(i + 1, { state: one }))
        const { standing, live } = layersOf(all, which)
        const painted = new Set([...numbers(standing), ...numbers(live)])

        expect(painted.size).toBe(all.length)
        expect(numbers(standing)).toHaveLength(all.filter((t) => t.state !== 'running').length)
        expect(new Set(numbers(live)).size).toBe(live.length)
      }),
    )
  })

  test('are walked from the best to the worst, those without a value last', () => {
    const ranked = rankingOf([
      trialOf(1),
      trialOf(2, { value: 0.3 }),
      trialOf(3, { value: Number.NaN }),
      trialOf(4, { value: 0.1 }),
    ])

    expect(ranked).toEqual([4, 2, 1, 3])
  })

  test('are explained by a legend of what there is', () => {
    expect(legendOf(trials, 1)).toEqual([
      { look: 'best', word: 'best', count: null },
      { look: 'running', word: 'running', count: 2 },
      { look: 'ended', word: 'done', count: 1 },
      { look: 'behind', word: 'stopped early', count: 1 },
      { look: 'bad', word: 'diverged', count: 1 },
    ])
  })
})

describe('the upright range', () => {
  const usual = [2.3, 1.1, 0.4, 0.2]

  test('shows all where no trial runs away', () => {
    const { min, max } = limitsOf([spanned(usual), spanned([2.2, 2.1])], true)

    expect(min).toBeLessThan(0.2)
    expect(min).toBeGreaterThan(0.1)
    expect(max).toBeGreaterThan(2.3)
    expect(max).toBeLessThan(4)
  })

  test.each([true, false])('is not flattened by one that went through the roof', (isLog) => {
    const sane = Array.from({ length: 10 }, () => spanned(usual))
    const alone = limitsOf(sane, isLog)

    const withWild = limitsOf([...sane, spanned([2.3, 1e9], { isBad: true })], isLog)
    const withRunning = limitsOf([...sane, spanned([2.3, 1e9])], isLog)

    for (const { min, max } of [withWild, withRunning]) {
      expect(min).toBe(alone.min)
      expect(max).toBeLessThan(alone.max * 2)
    }
  })

  test('holds the whole line of the best', () => {
    const best = spanned([90, 3, 0.1], { isBest: true })

    expect(limitsOf([spanned(usual), spanned(usual), best], true).max).toBeGreaterThanOrEqual(90)
  })

  test('is one that can be drawn, whatever the values are', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 1e300))
    const trials = fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 5 })
    fc.assert(
      fc.property(trials, fc.boolean(), (all, isLog) => {
        const { min, max } = limitsOf(
          all.map((values) => spanned(values)),
          isLog,
        )

        expect(Number.isFinite(min) && Number.isFinite(max)).toBe(true)
        expect(max).toBeGreaterThan(min)
        if (isLog) expect(min).toBeGreaterThan(0)
      }),
    )
  })

  test('stays where it is while what comes fits, and follows when it does not', () => {
    const before = limitsOf([spanned(usual)], true)

    const same = limitsOf([spanned([...usual, 0.199])], true, { before })
    const lower = limitsOf([spanned([...usual, 0.01])], true, { before })

    expect(same).toBe(before)
    expect(lower.min).toBeLessThan(0.01)
  })
})

describe('the way along', () => {
  test('goes as far as the rung that is being climbed to', () => {
    const config = {
      budget: { steps: 450 },
      stop_early: { eta: 3, least: { steps: 50 } },
    }
    const study = studyOf([trialOf(1, { budgetSteps: 450 })], {}, config)

    const endAt = (step: number) => alongOf(study, 'step', () => step).end

    expect([endAt(1), endAt(50), endAt(51), endAt(151)]).toEqual([50, 50, 150, 450])
    expect(alongOf(study, 'step', () => 1).rungs).toEqual([
      { at: 50, label: '50' },
      { at: 150, label: '150' },
      { at: 450, label: '450' },
    ])
  })

  test('grows by doubling where trials are not stopped early, and hardly ever', () => {
    const study = studyOf([trialOf(1, { budgetSteps: 1_000 })], {}, { budget: { steps: 1_000 } })
    const ends = new Set(
      Array.from({ length: 1_000 }, (_, i) => alongOf(study, 'step', () => i + 1).end),
    )

    expect(ends.size).toBeLessThan(14)
    expect(Math.max(...ends)).toBe(1_000)
  })

  test('counts epochs by the mini-batch size of each trial', () => {
    const own = trialOf(2, { point: { 'hyperparameters.batch_size': 100 } })
    const study = studyOf([trialOf(1), own])

    const along = alongOf(study, 'epoch', () => 20)

    expect(along.at(1, 20)).toBe(1)
    expect(along.at(2, 20)).toBe(2)
  })

  test('lets a copy go on where its parent was, though its epochs are of another length', () => {
    const child = trialOf(2, {
      parent: { trial: 1, step: 40 },
      point: { 'hyperparameters.batch_size': 100 },
    })

    const along = alongOf(studyOf([trialOf(1), child]), 'epoch', () => 40)

    expect(along.at(2, 40)).toBe(along.at(1, 40))
    expect(along.at(2, 50) - along.at(2, 40)).toBe(1)
  })

  test('has no common rungs where each trial makes other steps of an epoch', () => {
    const config = {
      budget: { epochs: 9 },
      stop_early: { eta: 3, least: { epochs: 1 } },
      space: { 'hyperparameters.batch_size': { type: 'choice' as const, values: [16, 32] } },
    }
    const study = studyOf(2, {}, config)

    expect(alongOf(study, 'step', () => 1).rungs).toEqual([])
    expect(alongOf(study, 'epoch', () => 1).rungs.map(({ at }) => at)).toEqual([1, 3, 9])
  })
})

describe('lines', () => {
  test('are averages that never leave what they average, and break at what is no number', () => {
    const display = shownOf([4, 2, Number.NaN, 2, 4], 3)

    const values = [...display.values.slice(0, display.length)]
    expect(values[0]).toBe(4)
    expect(values[2]).toBeNaN()
    expect(display.low).toBeGreaterThanOrEqual(2)
    expect(display.high).toBeLessThanOrEqual(4)
  })

  test('are computed anew only when their track changed', () => {
    const track = trackOf([3, 2])
    const first = displayOf(track, 5)

    const second = displayOf(track, 5, first)
    track.append({ ...trackOf([1]), step: Float64Array.of(3) })
    const third = displayOf(track, 5, second)

    expect(second).toBe(first)
    expect(third.length).toBe(3)
  })

  test('leave through the top, and rest on the bottom', () => {
    const place = placeIn(SCALES)

    expect(place(10)).toBeCloseTo(0)
    expect(place(1)).toBeCloseTo(100)
    expect(place(1e300)).toBeLessThan(0)
    expect(place(0)).toBe(200)
    expect(place(1e-9)).toBe(200)
    expect(place(Number.NaN)).toBeNaN()
  })

  test('say where they leave, and where they end', () => {
    const trace = traceOf(1, shownOf([1, 5, 100, Number.NaN]), straight, SCALES)

    expect(trace.leavesAt).toBe(30)
    expect(tipOf(trace)).toBe(2)
    expect(traceOf(1, shownOf([1, 5]), straight, SCALES).leavesAt).toBeNull()
  })

  test('have no more points than pixels, the last one among them', () => {
    const values = Array.from({ length: 300 }, (_, i) => 1 + (i % 2))

    const trace = traceOf(1, shownOf(values), straight, { ...SCALES, end: 300 })

    expect(trace.length).toBeLessThanOrEqual(68)
    expect(trace.x[trace.length - 1]).toBeCloseTo(100)
  })

  test('are found by the pointer: the nearest, or the one that stands out of two', () => {
    const high = traceOf(1, shownOf([5, 5, 5, 5]), straight, SCALES)
    const low = traceOf(2, shownOf([0.2, 0.2, 0.2, 0.2]), straight, SCALES)
    const twin = traceOf(3, shownOf([5, 5, 5, 5]), straight, SCALES)
    const place = placeIn(SCALES)
    const at = (x: number, value: number, best: number | null = null) =>
      nearestOf([high, low, twin], { x, y: place(value) }, 20, (trial) => trial === best)

    expect(at(25, 4.8)).toBe(1)
    expect(at(25, 0.22)).toBe(2)
    expect(at(25, 4.8, 3)).toBe(3)
    expect(at(25, 1)).toBeNull()
    expect(at(95, 5)).toBeNull()
  })
})
