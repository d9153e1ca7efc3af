import { describe, expect, test } from 'vitest'
import { areMoreThreadsWorthIt, measureThreads } from '../../../core/engine/threads.ts'
import { SPEC, drawBatch } from './models.ts'

describe('the number of threads', () => {
  test.each<[string, readonly number[], readonly number[], boolean]>([
    ['are not worth 9 %', [10], [9.1], false],
    ['are worth a tenth', [10], [9], true],
    ['are not worth being slower', [10], [30], false],
    ['are judged by the median, not the outlier', [10, 10, 10], [6, 6, 90], true],
  ])('more threads %s', (_, fewer, more, expected) => {
    expect(areMoreThreadsWorthIt(fewer, more)).toBe(expected)
  })

  test('is one of the candidates, measured between the hooks, with nothing left open', async () => {
    let depth = 0
    const { threads: _, ...spec } = SPEC

    const chosen = await measureThreads(spec, drawBatch(1), [1, 2], {
      beforeRun: () => depth++,
      afterRun: () => depth--,
    })

    expect([1, 2]).toContain(chosen)
    expect(depth).toBe(0)
  })

  test('needs no measurement where there is one candidate, and is an error without any', async () => {
    const { threads: _, ...spec } = SPEC
    const forbidden = () => expect.unreachable()

    expect(await measureThreads(spec, drawBatch(1), [3], { beforeRun: forbidden })).toBe(3)
    await expect(measureThreads(spec, drawBatch(1), [])).rejects.toThrow('no number of threads')
  })
})
