import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent, RunState } from '../../../core/protocol/run.ts'
import { DEFAULT_SETTINGS } from '../../../core/protocol/settings.ts'
import { hear, reach } from '../../../renderer/shell/news.ts'
import type { HeardOfRuns, News } from '../../../renderer/shell/news.ts'
import { FakeRun } from '../fake-run.ts'

const stateEvent = (state: RunState, step = 100): RunEvent => ({
  branch: 'b1',
  step,
  type: 'state',
  state,
})

const alertEvent = (id: number, at: number, step = 100): RunEvent => ({
  branch: 'b1',
  step,
  type: 'alert',
  entry: {
    id,
    at,
    branch: 'b1',
    step,
    kind: 'alert',
    alert: 'not-finite',
    message: 'step 101 was refused: its cost is NaN',
  },
})

const RUNNING: RunState = { kind: 'running' }
const FINISHED: RunState = { kind: 'paused', reason: 'amount-reached' }
const REFUSED: RunState = { kind: 'paused', reason: 'not-finite' }
const FAILED: RunState = {
  kind: 'failed',
  error: { code: 'engine/failed', message: 'the engine broke off', remedy: null },
}

/** All the news of a stretch of events. */
function tell(events: readonly (readonly [run: string, event: RunEvent])[]): readonly News[] {
  let heard: HeardOfRuns = new Map()
  const told: News[] = []
  for (const [run, event] of events) {
    const next = hear(heard, run, event)
    heard = next.heard
    if (next.news !== null) told.push(next.news)
  }
  return told
}

const of = (run: string, ...events: readonly RunEvent[]) =>
  events.map((event) => [run, event] as const)

describe('what is news', () => {
  test('a day that ended, with its dev error', () => {
    const events: RunEvent[] = []
    new FakeRun('digits', (event) => events.push(event)).train(125)

    const told = tell(of('digits', ...events))

    expect(told).toEqual([
      {
        kind: 'day',
        run: 'digits',
        text: expect.stringMatching(/^Day 1 ended\. Dev error \d/),
        tone: 'calm',
      },
    ])
  })

  test('a run without a dev accuracy tells its dev cost', () => {
    const events: RunEvent[] = []
    new FakeRun('house prices', (event) => events.push(event)).train(125)
    const plain = events.map((event) =>
      event.type === 'day' ? { ...event, closed: { ...event.closed, devAccuracy: null } } : event,
    )

    const [news] = tell(of('house prices', ...plain))

    expect(news?.text).toMatch(/Dev cost \d/)
  })

  test('training that did what it was asked, and one that failed, but no pause by a person', () => {
    const told = tell([
      ...of('a', stateEvent(RUNNING), stateEvent(FINISHED)),
      ...of('b', stateEvent(RUNNING), stateEvent(FAILED)),
      ...of('c', stateEvent(RUNNING), stateEvent({ kind: 'paused', reason: 'asked' })),
    ])

    expect(told.map(({ run, kind }) => [run, kind])).toEqual([
      ['a', 'finished'],
      ['b', 'failed'],
    ])
  })

  test('a refused step is told once, by its alert, and not again by the pause that follows', () => {
    const told = tell(of('a', stateEvent(RUNNING), alertEvent(7, 1000), stateEvent(REFUSED)))

    expect(told.map(({ text }) => text)).toEqual(['Step 101 was refused: its cost is NaN.'])
  })

  test('a refused step whose alert was missed is told by the pause', () => {
    const told = tell(of('a', stateEvent(REFUSED)))

    expect(told).toMatchObject([{ kind: 'alert', tone: 'bad' }])
  })

  test('the same failure again after it was opened anew is news again', () => {
    const told = tell(of('a', stateEvent(FAILED), stateEvent(RUNNING), stateEvent(FAILED)))

    expect(told).toHaveLength(2)
  })

  test('another run under the name of a deleted one is heard from its first line on', () => {
    const told = tell(of('a', alertEvent(40, 1000), alertEvent(2, 2000)))

    expect(told).toHaveLength(2)
  })

  test('nothing is told twice, whatever lines of the journal and states are said again', () => {
    const event = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((id) => alertEvent(id, id * 10, id)),
      fc.constantFrom(RUNNING, FINISHED, FAILED).map((state) => stateEvent(state)),
    )
    const run = fc.constantFrom('a', 'b')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(run, event), { maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (events, echoes) => {
          const isEntry = (one: RunEvent) => one.type === 'alert'
          // Each event may come twice in a row, and any line of the journal again at the end.
          const doubled = events.flatMap((one, i) => (echoes.includes(i) ? [one, one] : [one]))
          const again = events.filter(([, one]) => isEntry(one))

          const once = tell(events)
          const withEchoes = tell([...doubled, ...again])

          expect(withEchoes).toEqual(once)
        },
      ),
    )
  })
})

describe('how news reaches a person', () => {
  const wanted = { ...DEFAULT_SETTINGS.notifications, desktop: true }
  const away = { wanted, shown: null, isPageVisible: false, isPermitted: true }

  test('on the desktop while the page is hidden or another run is on screen', () => {
    const news = { kind: 'day', run: 'a' } as const

    expect(reach(news, { ...away, shown: 'a' }).desktop).toBe(true)
    expect(reach(news, { ...away, shown: 'b', isPageVisible: true }).desktop).toBe(true)
    expect(reach(news, { ...away, shown: 'a', isPageVisible: true }).desktop).toBe(false)
  })

  test('not on the desktop unless it is switched on and allowed', () => {
    const news = { kind: 'failed', run: 'a' } as const

    expect(reach(news, { ...away, isPermitted: false }).desktop).toBe(false)
    expect(reach(news, { ...away, wanted: { ...wanted, desktop: false } }).desktop).toBe(false)
  })

  test('the run on screen says nothing in the corner but alerts and failures', () => {
    const looking = { ...away, shown: 'a', isPageVisible: true }

    expect(reach({ kind: 'day', run: 'a' }, looking).toast).toBe(false)
    expect(reach({ kind: 'finished', run: 'a' }, looking).toast).toBe(false)
    expect(reach({ kind: 'alert', run: 'a' }, looking).toast).toBe(true)
    expect(reach({ kind: 'failed', run: 'a' }, looking).toast).toBe(true)
    expect(reach({ kind: 'day', run: 'b' }, looking).toast).toBe(true)
  })

  test('what is switched off is told nowhere', () => {
    const quiet = { ...away, wanted: { ...wanted, day: false, alert: false } }

    expect(reach({ kind: 'day', run: 'a' }, quiet)).toEqual({ toast: false, desktop: false })
    expect(reach({ kind: 'failed', run: 'a' }, quiet)).toEqual({ toast: false, desktop: false })
    expect(reach({ kind: 'finished', run: 'a' }, quiet).desktop).toBe(true)
  })
})
