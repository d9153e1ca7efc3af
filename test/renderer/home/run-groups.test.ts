import { beforeEach, describe, expect, test } from 'vitest'
import type { RunState, RunSummary } from '../../../core/protocol/run.ts'
import { keepLook } from '../../../renderer/history/last-look.ts'
import { figuresOf } from '../../../renderer/home/card-facts.ts'
import { groupRuns } from '../../../renderer/home/run-groups.ts'
import { faultOfName, nextName, wordsOfTarget } from '../../../renderer/home/run-names.ts'
import { withFigures } from '../../../renderer/stores/runs.ts'
import { firstSnapshot } from '../fake-run.ts'

const RESTING: RunState = { kind: 'paused', reason: 'resting' }

const summary = (run: string, state: RunState = RESTING, updatedAt = 0) => ({
  run,
  file: `/runs/${run}.panda`,
  ok: true as const,
  state,
  createdAt: 0,
  updatedAt,
  step: 100,
  epoch: 1,
  day: 1,
  cost: 0.5,
  devCost: null,
  devAccuracy: null,
  sparkline: new Float64Array(),
})

const unreadable: RunSummary = {
  run: 'broken',
  file: '/runs/broken.panda',
  ok: false,
  error: { code: 'store/corrupt', message: 'it is damaged', remedy: null },
}

const namesOf = (runs: readonly RunSummary[], filter = '') =>
  groupRuns(runs, filter).map(({ title, runs: some }) => [title, some.map(({ run }) => run)])

beforeEach(() => localStorage.clear())

describe('the groups of the home view', () => {
  test('who failed, was refused a step, was interrupted or can’t be read needs a person', () => {
    const failed = {
      kind: 'failed',
      error: { code: 'engine/failed', message: 'it broke off', remedy: null },
    } as const
    const runs = [
      summary('calm'),
      summary('asked', { kind: 'paused', reason: 'asked' }),
      unreadable,
      summary('nan', { kind: 'paused', reason: 'not-finite' }),
      summary('crashed', { kind: 'paused', reason: 'recovered' }),
      summary('failed', failed),
    ]

    expect(namesOf(runs)).toEqual([
      ['Needs you', ['broken', 'crashed', 'failed', 'nan']],
      ['Resting', ['asked', 'calm']],
    ])
  })

  test('an alert needs a person until one has looked at the run', () => {
    const alert = {
      id: 7,
      at: 1,
      branch: 'b1',
      step: 90,
      kind: 'alert',
      alert: 'engine-changed',
      message: 'another engine computes now',
    } as const
    const { facts, ...seen } = firstSnapshot('seen', 0)
    const journal = [...seen.journal, alert]
    keepLook({ ...seen, facts, journal }, 2)
    // Another run had this name when it was looked at.
    const renamed = { ...seen, facts: { ...facts, run: 'renamed', createdAt: 99 }, journal }
    keepLook(renamed, 2)
    const runs = [
      { ...summary('seen'), alert },
      { ...summary('newer'), alert },
      { ...summary('renamed'), alert },
      { ...summary('again', { kind: 'running' }), alert: { ...alert, id: 9 } },
    ]

    expect(namesOf(runs)).toEqual([
      ['Needs you', ['again', 'newer', 'renamed']],
      ['Resting', ['seen']],
    ])
  })

  test('what trains is ordered by name, what rests by when it last changed', () => {
    const running: RunState = { kind: 'running' }
    const runs = [
      summary('z', running, 9),
      summary('a', { kind: 'preparing', what: 'reading data' }, 5),
      summary('old', RESTING, 1),
      summary('new', RESTING, 2),
    ]

    expect(namesOf(runs)).toEqual([
      ['Training', ['a', 'z']],
      ['Resting', ['new', 'old']],
    ])
  })

  test('a filter keeps the runs whose names have every word of it', () => {
    const runs = [summary('digits wide'), summary('digits'), summary('wide moons')]

    expect(namesOf(runs, ' WIDE dig')).toEqual([['Resting', ['digits wide']]])
    expect(namesOf(runs, 'nothing')).toEqual([])
  })
})

describe('the figures of a card', () => {
  const labels = (one: Parameters<typeof figuresOf>[0]) =>
    figuresOf(one).map(({ label, value }) => [label, value])

  test('a classifier tells its dev error, a regression its dev cost, and neither an empty one', () => {
    expect(labels({ ...summary('a'), devAccuracy: 0.963, devCost: 0.1 })).toEqual([
      ['cost', '0.500'],
      ['dev error', '3.7 %'],
    ])
    expect(labels({ ...summary('a'), devCost: 0.25 })).toEqual([
      ['cost', '0.500'],
      ['dev cost', '0.250'],
    ])
    expect(labels(summary('a'))).toEqual([['cost', '0.500']])
  })

  test('figures move with what the session says, never back', () => {
    const { readings } = firstSnapshot()
    const metrics = (step: number) =>
      ({
        branch: 'b1',
        step,
        type: 'metrics',
        firstStep: step,
        costs: Float32Array.of(0.25),
        epoch: 2,
        day: 2,
        stepsPerSecond: 1,
        readings,
        trainedMs: 0,
        dayTrainedMs: 0,
        memoryBytes: null,
      }) as const

    expect(withFigures(summary('a'), metrics(110))).toMatchObject({ step: 110, day: 2, cost: 0.25 })
    expect(withFigures(summary('a'), metrics(90))).toEqual(summary('a'))
    expect(withFigures(unreadable, metrics(110))).toBe(unreadable)
  })
})

describe('names', () => {
  test('a name that is taken, empty or no file’s name is refused with the reason', () => {
    expect(faultOfName('Digits ', ['digits'])).toContain('There is a run digits already')
    expect(faultOfName('  ', [])).toBe('Give it a name.')
    expect(faultOfName('a/b', [])).toContain('can’t have')
    expect(faultOfName('my run, α', ['digits'])).toBeNull()
  })

  test('a copy takes the next free name of its family', () => {
    expect(nextName('digits', ['digits'])).toBe('digits-2')
    expect(nextName('digits-2', ['digits', 'digits-2'])).toBe('digits-3')
  })

  test('the target of a copy is called what a person calls it', () => {
    expect(['2', 'b1:2', 'c17', null].map(wordsOfTarget)).toEqual([
      'day 2',
      'day 2 of branch b1',
      'checkpoint c17',
      'now',
    ])
  })
})
