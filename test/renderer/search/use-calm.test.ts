import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import type { EffectScope } from 'vue'
import type { StudySnapshot } from '../../../core/protocol/study.ts'
import { useNextTurn } from '../../../renderer/search/use-calm.ts'
import { studyOf } from './curves-study.ts'

const FLOW_MS = 340
/** Longer than any turn takes. */
const TURN_MS = 100

const STUDY = studyOf(2)

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
  const source = shallowRef<StudySnapshot>(STUDY)
  const shown = scope.run(() => useNextTurn(() => source.value))
  if (shown === undefined) throw new Error('the scope is over')
  const put = async (snapshot: StudySnapshot) => {
    source.value = snapshot
    await nextTick()
  }
  return { shown, put }
}

describe('a part of the view that waits for its turn', () => {
  test('shows what comes in a flow a little later, and never misses the last', async () => {
    const { shown, put } = arrange()
    const [first = STUDY, second = STUDY] = [1, 2].map((steps) => ({ ...STUDY, steps }))
    await vi.advanceTimersByTimeAsync(FLOW_MS)

    await put(first)
    const atOnce = shown.value
    await put(second)
    await vi.advanceTimersByTimeAsync(TURN_MS)

    expect(atOnce).not.toBe(first)
    expect(shown.value).toBe(second)
  })

  test('shows at once what comes after a rest', async () => {
    const { shown, put } = arrange()
    await vi.advanceTimersByTimeAsync(5_000)
    const next = { ...STUDY, steps: 1 }

    await put(next)

    expect(shown.value).toBe(next)
  })

  test('shows another study at once, and what is told of this one', async () => {
    const { shown, put } = arrange()
    await vi.advanceTimersByTimeAsync(FLOW_MS)
    const other = { ...STUDY, study: 'other' }
    const paused: StudySnapshot = { ...other, state: 'paused' }

    await put(other)
    const afterOther = shown.value
    await put(paused)

    expect(afterOther).toBe(other)
    expect(shown.value).toBe(paused)
  })

  test('asks for nothing more once it is gone', async () => {
    const { shown, put } = arrange()
    const before = shown.value
    await vi.advanceTimersByTimeAsync(FLOW_MS)
    await put({ ...STUDY, steps: 1 })

    scope.stop()
    await vi.advanceTimersByTimeAsync(TURN_MS)

    expect(shown.value).toBe(before)
  })
})
