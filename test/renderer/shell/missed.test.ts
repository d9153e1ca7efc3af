import { describe, expect, test } from 'vitest'
import type { RunState, RunSummary } from '../../../core/protocol/run.ts'
import { catchUp } from '../../../renderer/shell/missed.ts'
import { hear } from '../../../renderer/shell/news.ts'
import { FakeRun } from '../fake-run.ts'

const RUNNING: RunState = { kind: 'running' }
const FINISHED: RunState = { kind: 'paused', reason: 'amount-reached' }
const ERROR = { code: 'engine/failed', message: 'the engine broke off', remedy: null } as const

type Readable = Extract<RunSummary, { readonly ok: true }>
const summary = (change: Partial<Readable> = {}): Readable => ({
  run: 'digits',
  file: '/runs/digits.panda',
  ok: true,
  state: RUNNING,
  createdAt: 1,
  updatedAt: 10,
  step: 300,
  epoch: 3,
  day: 3,
  cost: 0.5,
  devCost: 0.25,
  devAccuracy: null,
  sparkline: new Float64Array(),
  ...change,
})
const alert = (id: number) => ({
  id,
  at: id,
  branch: 'b1' as const,
  step: 300,
  kind: 'alert' as const,
  alert: 'not-finite' as const,
  message: 'step 301 was refused: its cost is NaN',
})

const told = (before: RunSummary, now: RunSummary) =>
  catchUp(new Map(), [before], [now]).news.map(({ kind, text }) => [kind, text])

describe('of what came unheard', () => {
  test.each<[string, Partial<Readable>, readonly (readonly [string, string])[]]>([
    ['nothing, where nothing came', {}, []],
    ['the end', { state: FINISHED }, [['finished', 'Did what it was asked: paused at step 300.']]],
    ['a day', { day: 4 }, [['day', 'Day 3 ended. Dev cost 0.250.']]],
    ['several days at once', { day: 7 }, [['day', 'Days 3 to 6 ended. Dev cost 0.250.']]],
    [
      'a failure',
      { state: { kind: 'failed', error: ERROR } },
      [['failed', 'The engine broke off.']],
    ],
    [
      'a refused step before the days until then',
      { day: 5, state: { kind: 'paused', reason: 'not-finite' }, alert: alert(9) },
      [['alert', 'Step 301 was refused: its cost is NaN.']],
    ],
    [
      'a crash',
      { state: { kind: 'paused', reason: 'recovered' } },
      [['alert', 'Panda was ended while it trained; it is paused where it was.']],
    ],
    ['nothing of a run that was made anew under its name', { createdAt: 2, day: 9 }, []],
    [
      'nothing of a pause that someone asked for',
      { state: { kind: 'paused', reason: 'asked' } },
      [],
    ],
  ])('%s is told', (_what, change, expected) => {
    expect(told(summary(), summary(change))).toEqual(expected)
  })

  test('a file that can’t be read any more is told as a failure', () => {
    const broken: RunSummary = { run: 'digits', file: '', ok: false, error: ERROR }

    expect(told(summary(), broken)).toEqual([['failed', 'The engine broke off.']])
    expect(told(broken, summary())).toEqual([])
  })

  test('an alert that was there before is old', () => {
    const old = summary({ alert: alert(9) })

    expect(told(old, summary({ alert: alert(9), updatedAt: 20 }))).toEqual([])
    expect(told(old, summary({ alert: alert(11) })).length).toBe(1)
  })

  test('what was heard before the list is not told again, nor what the list told', () => {
    const run = new FakeRun('digits')
    const before = summary({ day: 1, step: 0, createdAt: 0, updatedAt: 0 })
    let heard: Parameters<typeof hear>[0] = new Map()
    let told = 0
    const take = new FakeRun('digits', (event) => {
      const next = hear(heard, 'digits', event)
      heard = next.heard
      if (next.news !== null) told += 1
    })
    take.train(125)
    run.train(125)
    const { at } = run.snapshot.journal.at(-1) ?? { at: 0 }
    const now = summary({ day: 2, step: 125, createdAt: 0, updatedAt: at })

    const first = catchUp(heard, [before], [now])
    heard = first.heard
    const late = catchUp(new Map(), [before], [now])
    heard = late.heard
    const afterList = told
    take.say({ branch: 'b1', step: 125, type: 'state', state: RUNNING })
    take.train(125)

    expect(first.news).toEqual([])
    expect(late.news.length).toBe(1)
    expect(told - afterList).toBe(1)
  })
})
