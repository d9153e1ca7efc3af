import { expect, test } from 'vitest'
import {
  createGateMemory,
  createRunGate,
  endRuns,
  stopRuns,
} from '../../../core/session/handshake.ts'

test('whoever ends the process does not wait for a thread that broke inside a run', () => {
  const memory = createGateMemory()
  createRunGate(memory).beforeRun()

  endRuns(memory)
  const begin = performance.now()
  stopRuns(memory) // would wait for as long as the longest step

  expect(performance.now() - begin).toBeLessThan(20_000)
})
