import { mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { StudySnapshot } from '../../../core/protocol/study.ts'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import ParallelCoordinates from '../../../renderer/search/pictures/ParallelCoordinates.vue'
import {
  axisAt,
  axisX,
  lineAt,
  parallelFrame,
  placeAtY,
  yAt,
} from '../../../renderer/search/pictures/parallel-frame.ts'
import { BROKEN, WITHOUT, parallelModel } from '../../../renderer/search/pictures/parallel-model.ts'
import { resultAt, resultPlace, resultTicks } from '../../../renderer/search/pictures/value-ramp.ts'
import { studyOf, trialOf } from './curves-study.ts'

afterEach(() => document.body.replaceChildren())

const RATE = 'hyperparameters.learning_rate'
const BETA = 'hyperparameters.beta1'
const KIND = 'optimizer'
const SPACE: SearchSpace = {
  [RATE]: { type: 'real', low: 1e-4, high: 1 },
  [KIND]: { type: 'choice', values: ['plain', 'momentum'] },
  [BETA]: { type: 'real', low: 0.9, high: 0.999, when: { [KIND]: ['momentum'] } },
}
const PATHS = [RATE, KIND, BETA]
const NAMES = new Map([
  [RATE, 'learning_rate'],
  [KIND, 'optimizer'],
  [BETA, 'beta1'],
])
const study = studyOf(
  [
    trialOf(1, {
      state: 'done',
      value: 0.04,
      point: { [RATE]: 0.01, [KIND]: 'momentum', [BETA]: 0.99 },
    }),
    trialOf(2, { state: 'done', value: 0.08, point: { [RATE]: 1e-3, [KIND]: 'plain' } }),
    trialOf(3, { state: 'diverged', point: { [RATE]: 1, [KIND]: 'plain' } }),
    trialOf(4, { state: 'running', point: { [RATE]: 0.1, [KIND]: 'plain' } }),
  ],
  { best: 1 },
  { space: SPACE },
)
const model = parallelModel(study, PATHS, NAMES)

describe('lines across all axes', () => {
  test('are those of trials that came to something, the best in front', () => {
    expect(model.lines.map(({ trial }) => trial)).toEqual([3, 2, 1])
    expect(model.axes.map(({ name }) => name)).toEqual([
      'learning rate',
      'optimizer',
      'beta1',
      'dev error',
    ])
  })

  test('lie on the scale of each axis', () => {
    const best = model.lines.find(({ trial }) => trial === 1)

    expect(best?.places[0]).toBeCloseTo(0.5)
    expect(best?.places[1]).toBeGreaterThan(0.5)
    expect(best?.places[2]).toBeCloseTo(0.5)
  })

  test('stand apart where a trial lacks a value or came to no number', () => {
    const broken = model.lines.find(({ trial }) => trial === 3)

    expect(broken?.places[2]).toBe(WITHOUT)
    expect(broken?.places[3]).toBe(BROKEN)
    expect(broken?.share).toBeNull()
    expect(model.axes[2]?.stops[0]).toBe(WITHOUT)
    expect(model.axes[0]?.stops[0]).toBe(0)
    expect(model.axes[3]?.stops.at(-1)).toBe(BROKEN)
  })

  test('lower results lie lower', () => {
    const shareOf = (trial: number) =>
      model.lines.find((line) => line.trial === trial)?.share ?? Number.NaN

    expect(shareOf(1)).toBeLessThan(shareOf(2))
  })

  test('say what a stretch begins and ends with', () => {
    const [rate, kind, beta] = model.axes

    expect(rate?.textAt(0.5, 'low')).toBe('0.01')
    expect(kind?.textAt(0.5, 'low')).toBe('momentum')
    expect(kind?.textAt(0.5, 'high')).toBe('plain')
    expect(beta?.textAt(WITHOUT, 'low')).toBe('without it')
  })
})

describe('results', () => {
  test('that differ by more than ten times lie evenly in their ratio', () => {
    const range = { min: 0.01, max: 1, isLog: true }

    expect(resultPlace(range, 0.1)).toBeCloseTo(0.5)
    expect(resultAt(range, 0.5)).toBeCloseTo(0.1)
    expect(resultTicks(range, 'dev_error').map(({ label }) => label)).toContain('10 %')
  })

  test('have the same place as the number that lies there', () => {
    const range = { min: 0.2, max: 0.4, isLog: false }

    expect(resultAt(range, resultPlace(range, 0.25))).toBeCloseTo(0.25)
    expect(resultPlace(range, 7)).toBe(1)
  })
})

describe('places on the canvas', () => {
  const frame = parallelFrame(820, 352, 4)

  test('and back again are the same, on an axis and off it', () => {
    for (const place of [WITHOUT, -0.04, 0, 0.3, 1, 1.05, BROKEN]) {
      expect(placeAtY(frame, yAt(frame, place))).toBeCloseTo(place)
    }
    expect(placeAtY(frame, 10_000)).toBe(WITHOUT)
    expect(placeAtY(frame, -10_000)).toBe(BROKEN)
  })

  test('near an axis are meant for it', () => {
    expect(axisAt(frame, axisX(frame, 2) + 10)).toBe(2)
    expect(axisAt(frame, axisX(frame, 2) + 40)).toBeNull()
    expect(axisAt(frame, axisX(frame, 3) + 40)).toBeNull()
  })

  test('near a line are meant for it', () => {
    const best = model.lines.find(({ trial }) => trial === 1)
    const [a, b] = [yAt(frame, best?.places[0] ?? 0), yAt(frame, best?.places[1] ?? 0)]
    const x = (axisX(frame, 0) + axisX(frame, 1)) / 2

    expect(lineAt(frame, model.lines, { x, y: (a + b) / 2 + 3 })).toBe(1)
    expect(lineAt(frame, model.lines, { x, y: frame.bottom + 40 })).toBeNull()
    expect(lineAt(frame, model.lines, { x: 0, y: a })).toBeNull()
  })
})

const shown = (snapshot: StudySnapshot = study, selected: number | null = null) =>
  mount(ParallelCoordinates, {
    props: { snapshot, paths: PATHS, names: NAMES, selected },
    attachTo: document.body,
  })
const slider = (view: VueWrapper, name: string) => view.get(`[type=range][aria-label="${name}"]`)
const status = (view: VueWrapper) => view.get('[role=status]').text()
const plot = (view: VueWrapper) => view.get('[role=group][aria-label="Lines of trials"]')
const told = (view: VueWrapper) => view.get('[role=note]').text()
const slide = async (view: VueWrapper, name: string, to: (at: number) => number) => {
  const element = slider(view, name).element
  if (!(element instanceof HTMLInputElement)) throw new Error('no slider')
  element.value = String(to(Number(element.value)))
  await slider(view, name).trigger('input')
}

describe('parallel coordinates', () => {
  test('say in words what they show', () => {
    const view = shown()

    expect(view.get('[role=img]').attributes('aria-label')).toBe(
      '3 trials as lines across learning rate, optimizer, beta1, dev error. ' +
        'Best is trial 1 with 4.00 %: learning rate 0.01, optimizer momentum, beta1 0.99.',
    )
    expect(told(view)).toMatch(/trial 1.*4\.00 %.*done/)
  })

  test('keep the lines through a stretch that keys set, and say how many', async () => {
    const view = shown()
    expect(status(view)).toBe('3 trials')
    expect(slider(view, 'learning rate, from').attributes('aria-valuetext')).toBe('1e−4')

    await slide(view, 'learning rate, from', (at) => at + 15)
    expect(status(view)).toBe('2 of 3 trials')
    await slide(view, 'beta1, from', (at) => at + 1)

    expect(status(view)).toBe('1 of 3 trials')
    expect(slider(view, 'beta1, from').attributes('aria-valuetext')).toBe('0.9')
  })

  test('let all lines through again after Escape on one axis, or Clear for all', async () => {
    const view = shown()
    await slide(view, 'learning rate, from', (at) => at + 15)
    await slide(view, 'optimizer, from', (at) => at + 1)
    expect(status(view)).toBe('1 of 3 trials')

    await slider(view, 'optimizer, to').trigger('keydown', { key: 'Escape' })
    expect(status(view)).toBe('2 of 3 trials')
    const clear = view.findAll('button').find((one) => one.text() === 'Clear')
    await clear?.trigger('click')

    expect(status(view)).toBe('3 trials')
  })

  test('walk the lines that are kept, from the best on, and select with Enter', async () => {
    const view = shown()
    await slide(view, 'optimizer, to', (at) => at - 1)

    await plot(view).trigger('keydown', { key: 'ArrowDown' })
    expect(told(view)).toMatch(/trial 2.*8\.00 %/)
    expect(view.get('[aria-live=polite]').text()).toBe(
      '1 of 2: trial 2, dev error 8.00 %, done, learning rate 0.001, optimizer plain',
    )
    await plot(view).trigger('keydown', { key: 'Enter' })

    expect(view.emitted('select')).toEqual([[2]])
  })

  test('clear with Escape what was brushed before the selected trial', async () => {
    const view = shown(study, 2)
    await slide(view, 'optimizer, to', (at) => at - 1)

    await plot(view).trigger('keydown', { key: 'Escape' })
    expect(status(view)).toBe('3 trials')
    expect(view.emitted('select')).toBeUndefined()
    await plot(view).trigger('keydown', { key: 'Escape' })

    expect(view.emitted('select')).toEqual([[null]])
  })

  test('keep a brush while trials come in', async () => {
    const view = shown()
    await slide(view, 'learning rate, from', (at) => at + 15)
    const trials = study.trials.map((one) =>
      one.trial === 4 ? { ...one, state: 'done' as const, value: 0.05 } : one,
    )

    await view.setProps({ snapshot: { ...study, trials } })

    expect(status(view)).toBe('3 of 4 trials')
  })

  test('say that there is nothing to show yet', () => {
    expect(shown(studyOf(2, {}, { space: SPACE })).text()).toContain('No trial has a result yet.')
  })
})
