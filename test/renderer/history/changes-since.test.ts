import { describe, expect, test } from 'vitest'
import { changesSince } from '../../../renderer/history/changes-since.ts'
import { lookAt } from '../../../renderer/history/last-look.ts'
import { BORN_AT, FakeRun } from '../fake-run.ts'

function seenRun() {
  const run = new FakeRun('digits')
  run.train(500)
  return { run, look: lookAt(run.snapshot, BORN_AT) }
}
const textsSince = ({ run, look }: ReturnType<typeof seenRun>) =>
  changesSince(look, run.snapshot).map(({ text }) => text)

describe('what happened since the last look', () => {
  test('is nothing where nothing happened', () => {
    expect(textsSince(seenRun())).toEqual([])
  })

  test('is told in at most five lines: cost, days, steering, trouble, notes', () => {
    const seen = seenRun()
    const { run } = seen
    run.nudge({ learning_rate: 0.02 })
    run.train(300)
    run.rollback(run.targetOf('4'), 'diverged', 'rollback')
    run.nudge({ learning_rate: 0.0005 })
    run.train(375)
    const place = { branch: run.snapshot.branch, step: run.snapshot.step }
    const message = 'A step was refused.'
    const alert = { ...run.entry(), kind: 'alert', alert: 'not-finite', message } as const
    run.say({ ...place, type: 'alert', entry: alert })
    for (const text of ['first', 'second']) {
      const entry = { ...run.entry(), kind: 'note', text } as const
      run.say({ ...place, type: 'journaled', entry })
    }

    const texts = textsSince(seen)

    expect(texts).toHaveLength(5)
    expect(texts[0]).toMatch(/^dev 0\.\d+ → 0\.\d+ in 375 steps$/)
    expect(texts.slice(1)).toEqual([
      '5 days closed, the last day 7',
      '2 nudges, the last α 0.001 → 5e-4 · 1 rollback: to day 4',
      '1 alert: A step was refused.',
      '2 notes, the last second',
    ])
  })

  test('going back alone is no progress in steps', () => {
    const seen = seenRun()

    seen.run.rollback(seen.run.targetOf('2'), null, 'rollback')

    const [cost, ...others] = textsSince(seen)
    expect(cost).toMatch(/^dev 0\.\d+ → 0\.\d+$/)
    expect(others).toEqual(['1 rollback: to day 2'])
  })

  test('a failure comes before alerts, once', () => {
    const seen = seenRun()
    const error = { code: 'internal', message: 'the engine broke', remedy: '' } as const
    seen.run.state({ kind: 'failed', error })

    expect(changesSince(seen.look, seen.run.snapshot)).toEqual([
      { text: 'failed: the engine broke', tone: 'bad' },
    ])
    expect(changesSince(lookAt(seen.run.snapshot, BORN_AT), seen.run.snapshot)).toEqual([])
  })

  test('is nothing where another run has the name by now', () => {
    const { look } = seenRun()
    const other = new FakeRun('digits', undefined, BORN_AT + 1)
    other.train(900)

    expect(changesSince(look, other.snapshot)).toEqual([])
  })
})
