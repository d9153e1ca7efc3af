import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import { useNewestWins } from '../../../renderer/examine/newest-wins.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** Asks a host whose answers are given by hand. */
function asker(restMs = 200) {
  const asked: { question: number; answer: (text: string) => void; refuse: (e: Error) => void }[] =
    []
  const scope = effectScope()
  const asking = scope.run(() =>
    useNewestWins<number, string>(
      (question) =>
        new Promise((answer, refuse) => {
          asked.push({ question, answer, refuse })
        }),
      restMs,
    ),
  )
  if (asking === undefined) throw new Error('the scope is alive')
  return { asked, scope, ...asking }
}

test('of what comes while it is asking, only the newest is asked', async () => {
  const { asked, put, answer } = asker()
  put(1)
  put(2)
  put(3)

  asked[0]?.answer('one')
  await vi.advanceTimersByTimeAsync(200)

  expect(asked.map(({ question }) => question)).toEqual([1, 3])
  expect(answer.value).toBe('one')
})

test('it asks at most once in the time of rest, however fast the answers are', async () => {
  const { asked, put } = asker()
  const times: number[] = []
  for (let ms = 0; ms <= 1_000; ms += 10) {
    put(ms)
    if (asked.length > times.length) times.push(ms)
    asked.at(-1)?.answer('quick')
    await vi.advanceTimersByTimeAsync(10)
    if (asked.length > times.length) times.push(ms + 10)
  }

  expect(times).toEqual([0, 200, 400, 600, 800, 1_000])
})

test('an answer is behind until that to the newest question has come', async () => {
  const { asked, put, isBehind } = asker()
  const told = [isBehind.value]
  put(1)
  put(2)
  told.push(isBehind.value)

  asked[0]?.answer('one')
  await vi.advanceTimersByTimeAsync(200)
  told.push(isBehind.value)
  asked[1]?.refuse(new PandaError('internal', 'no', 'Try again.'))
  await vi.advanceTimersByTimeAsync(0)
  told.push(isBehind.value)

  expect(told).toEqual([false, true, true, false])
})

test('nothing is behind once everything was cleared, and what comes then is again', async () => {
  const { asked, put, clear, isBehind } = asker()
  put(1)
  clear()
  const afterClear = isBehind.value

  put(2)
  asked[0]?.answer('late')
  await vi.advanceTimersByTimeAsync(0)

  expect([afterClear, isBehind.value]).toEqual([false, true])
})

test('an answer that comes after everything was cleared is dropped', async () => {
  const { asked, put, clear, answer } = asker()
  put(1)
  clear()

  asked[0]?.answer('late')
  await vi.advanceTimersByTimeAsync(0)

  expect(answer.value).toBeNull()
})

test('a refusal takes the place of the answer, and the next answer that of the refusal', async () => {
  const { asked, put, answer, failure } = asker()
  put(1)
  asked[0]?.refuse(new PandaError('engine/failed', 'it broke', 'Try again.'))
  await vi.advanceTimersByTimeAsync(200)
  expect(failure.value).toMatchObject({ message: 'it broke', remedy: 'Try again.' })

  put(2)
  asked[1]?.answer('two')
  await vi.advanceTimersByTimeAsync(0)

  expect(answer.value).toBe('two')
  expect(failure.value).toBeNull()
})

test('nothing is asked any more once its view is gone', async () => {
  const { asked, put, scope } = asker()
  put(1)
  put(2)
  scope.stop()

  asked[0]?.answer('one')
  await vi.advanceTimersByTimeAsync(1_000)

  expect(asked).toHaveLength(1)
})
