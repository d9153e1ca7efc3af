import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import type { EffectScope } from 'vue'
import { useLateTitle } from '../../../renderer/search/use-late-title.ts'

let scope: EffectScope
beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function arrange() {
  const words = shallowRef('digits')
  scope.run(() => useLateTitle(() => words.value))
  const say = async (next: string) => {
    words.value = next
    await nextTick()
  }
  return say
}

test('a title says its first words at once, and the last ones a second later', async () => {
  const say = arrange()
  const first = document.title

  await say('digits · 1 of 40')
  await vi.advanceTimersByTimeAsync(1_100)

  expect(first).toBe('digits')
  expect(document.title).toBe('digits · 1 of 40')
})

test('a title whose words change all the time is written once a second', async () => {
  const say = arrange()
  const written = new Set<string>()

  for (let i = 1; i <= 30; i++) {
    await say(`digits · ${i} of 40`)
    await vi.advanceTimersByTimeAsync(100)
    written.add(document.title)
  }
  await vi.advanceTimersByTimeAsync(1_100)

  expect(written.size).toBeLessThanOrEqual(4)
  expect(document.title).toBe('digits · 30 of 40')
})

test('a title is left alone once its view is gone', async () => {
  const say = arrange()
  await say('digits · 1 of 40')

  scope.stop()
  document.title = 'Home'
  await vi.advanceTimersByTimeAsync(1_100)

  expect(document.title).toBe('Home')
})
