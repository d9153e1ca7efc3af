import { expect, test } from 'vitest'
import { startOnce } from '../../../core/engine/start-once.ts'

test('a start that failed is tried again, one that went well is shared', async () => {
  let starts = 0
  const engine = startOnce(() => {
    starts += 1
    return starts === 1 ? Promise.reject(new Error('no memory')) : Promise.resolve({ starts })
  })

  const failures = await Promise.allSettled([engine(), engine()])
  const [first, second] = [await engine(), await engine()]

  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(first).toEqual({ starts: 2 })
  expect(second).toBe(first)
})
