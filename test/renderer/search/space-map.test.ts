import { mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { StudyInsight } from '../../../core/protocol/study.ts'
import SpaceMap from '../../../renderer/search/pictures/SpaceMap.vue'
import { mapFrame, pointAt } from '../../../renderer/search/pictures/paint-map.ts'
import {
  boxLabel,
  boxSentence,
  mapBoxes,
  mapPoints,
  sideOf,
} from '../../../renderer/search/pictures/space-map.ts'
import { studyOf, trialOf } from './curves-study.ts'

afterEach(() => document.body.replaceChildren())

const RATE = 'hyperparameters.learning_rate'
const UNITS = 'network.layers.0.units'
const DROP = 'network.layers.0.dropout'
const SPACE = {
  [RATE]: { type: 'real', low: 1e-4, high: 1 },
  [UNITS]: { type: 'integer', low: 1, high: 100 },
  [DROP]: { type: 'real', low: 0, high: 0.5 },
} as const
const NAMES = new Map([
  [RATE, 'learning_rate'],
  [UNITS, 'units'],
  [DROP, 'dropout'],
])
const PATHS = [RATE, UNITS, DROP]
const study = studyOf(
  [
    trialOf(1, { state: 'done', value: 0.08, point: { [RATE]: 0.1, [UNITS]: 20, [DROP]: 0.1 } }),
    trialOf(2, { state: 'done', value: 0.04, point: { [RATE]: 0.01, [UNITS]: 50, [DROP]: 0.2 } }),
    trialOf(3, { state: 'diverged', point: { [RATE]: 1, [UNITS]: 80, [DROP]: 0.3 } }),
    trialOf(4, { state: 'done', value: 0.06, point: { [RATE]: 0.02, [DROP]: 0.3 } }),
    trialOf(5, { state: 'running', point: { [RATE]: 0.02, [UNITS]: 60, [DROP]: 0.3 } }),
  ],
  { best: 2 },
  { space: SPACE },
)
const side = (path: string, low: number, high: number, isWidened = false) => ({
  path,
  low,
  high,
  isWidened,
})
const insight: StudyInsight = {
  measured: 4,
  importance: null,
  surrogate: [],
  rounds: [
    { from: 1, to: 2, sides: [side(RATE, 1e-4, 1), side(UNITS, 1, 100), side(DROP, 0, 0.5)] },
    {
      from: 3,
      to: 5,
      sides: [side(RATE, 0.01, 1, true), side(UNITS, 40, 60), side(DROP, 0.1, 0.3)],
    },
  ],
}

function sides() {
  const across = sideOf(study, RATE, 'learning rate')
  const up = sideOf(study, UNITS, 'units')
  if (across === null || up === null) throw new Error('the space has both')
  return [across, up] as const
}

describe('points of the map', () => {
  test('are the trials that have both values and came to something, the best in front', () => {
    const points = mapPoints(study, null, ...sides())

    expect(points.map(({ trial }) => trial)).toEqual([3, 1, 2])
    expect(points.at(-1)).toMatchObject({ look: 'best', values: [0.01, 50] })
    expect(points.at(-1)?.x).toBeCloseTo(0.5)
    expect(points.at(-1)?.y).toBeCloseTo(0.495)
  })

  test('have a share of the ramp where they have a result', () => {
    const points = mapPoints(study, null, ...sides())
    const [broken, worse, best] = points.map(({ share }) => share)

    expect(broken).toBeNull()
    expect(best).toBeLessThan(worse ?? 0)
  })

  test('are found from a place near to them', () => {
    const points = mapPoints(study, null, ...sides())
    const frame = mapFrame(500, 300, sides()[1].axis)
    const x = (frame.left + frame.right) / 2
    const y = frame.bottom - 0.495 * (frame.bottom - frame.top)

    expect(pointAt(frame, points, { x: x + 5, y: y - 5 })).toBe(2)
    expect(pointAt(frame, points, { x: x + 50, y })).toBeNull()
  })
})

describe('boxes of the rounds', () => {
  test('lie on the scales of both sides', () => {
    const [first, second] = mapBoxes(insight.rounds, ...sides())

    expect(first).toMatchObject({ round: 1, x: { from: 0, to: 1 }, y: { from: 0, to: 1 } })
    expect(second?.x.from).toBeCloseTo(0.5)
    expect(second?.y.from).toBeCloseTo(0.39)
    expect(second?.y.to).toBeCloseTo(0.6)
  })

  test('say which side opened, and why', () => {
    const boxes = mapBoxes(insight.rounds, ...sides())

    expect(boxes.map(boxLabel)).toEqual(['round 1', 'round 2 · widened'])
    expect(boxes.map(boxSentence)).toEqual([
      'Round 1: trials 1 to 2.',
      'Round 2: trials 3 to 5; opened along learning rate, as the best lay at the border.',
    ])
  })

  test('do not say that a side opened which is not on the map', () => {
    const drop = sideOf(study, DROP, 'dropout')
    if (drop === null) throw new Error('the space has it')

    const boxes = mapBoxes(insight.rounds, sides()[1], drop)

    expect(boxes.map(boxLabel)).toEqual(['round 1', 'round 2'])
  })
})

const shown = (
  props: { paths?: readonly string[]; selected?: number; insight?: StudyInsight | null } = {},
) =>
  mount(SpaceMap, {
    props: { snapshot: study, insight, paths: PATHS, names: NAMES, selected: null, ...props },
    attachTo: document.body,
  })
const plot = (view: VueWrapper) => view.get('[role=group][aria-label="Trials on the map"]')
const words = (view: VueWrapper) => view.get('[role=img]').attributes('aria-label')
const choice = (view: VueWrapper, label: string) => {
  const found = view.findAll('label').find((one) => one.text() === label)
  return view.get<HTMLSelectElement>(`[id="${found?.attributes('for') ?? ''}"]`)
}

describe('the map of the space', () => {
  test('says in words what it shows', () => {
    expect(words(shown())).toBe(
      'learning rate across, units up, 3 trials coloured by dev error. ' +
        'Best is trial 2 at 0.01 and 50 with 4.00 %. 1 diverged or failed. Boxes of 2 rounds.',
    )
  })

  test('takes another side when asked, and swaps them when it is that of the other', async () => {
    const view = shown()

    await choice(view, 'Up').setValue(DROP)
    expect(words(view)).toContain('learning rate across, dropout up, 4 trials')
    await choice(view, 'Across').setValue(DROP)

    expect(words(view)).toContain('dropout across, learning rate up')
    expect(choice(view, 'Up').element.value).toBe(RATE)
  })

  test('follows the order of what is searched until something is chosen', async () => {
    const view = shown()

    await view.setProps({ paths: [DROP, RATE, UNITS] })
    expect(words(view)).toContain('dropout across, learning rate up')
    await choice(view, 'Up').setValue(UNITS)
    await view.setProps({ paths: PATHS })

    expect(words(view)).toContain('dropout across, units up')
  })

  test('walks the points by rank, and selects with Enter', async () => {
    const view = shown()

    await plot(view).trigger('keydown', { key: 'ArrowDown' })
    await plot(view).trigger('keydown', { key: 'ArrowDown' })
    expect(view.get('[aria-live=polite]').text()).toBe(
      '2 of 3: trial 1, learning rate 0.1, units 20, dev error 8.00 %, done',
    )
    expect(view.get('[role=note]').text()).toMatch(/trial 1.*8\.00 %/)
    await plot(view).trigger('keydown', { key: 'Enter' })
    await plot(view).trigger('keydown', { key: 'Escape' })

    expect(view.emitted('select')).toEqual([[1]])
    expect(view.get('[role=note]').text()).toContain('trial 2')
  })

  test('marks the round whose label has the pointer or the focus', async () => {
    const view = shown()
    const round = view.findAll('button').find((one) => one.text() === 'round 2 · widened')

    await round?.trigger('focus')
    expect(round?.attributes('aria-pressed')).toBe('true')
    await round?.trigger('blur')

    expect(round?.attributes('aria-pressed')).toBe('false')
  })

  test('has no rounds where the method has none', () => {
    const view = shown({ insight: null })

    expect(view.find('[aria-label="Rounds"]').exists()).toBe(false)
    expect(words(view)).not.toContain('Boxes')
  })

  test('says that it needs two things', () => {
    const view = shown({ paths: [RATE] })

    expect(view.text()).toContain('A map needs two things that are searched; this search has one.')
    expect(view.find('[role=img]').exists()).toBe(false)
  })
})
