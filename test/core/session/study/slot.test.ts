import { expect, test } from 'vitest'
import { createGateMemory } from '../../../../core/session/handshake.ts'
import { Slot } from '../../../../core/session/study/slot.ts'
import type { FromTrial, Stretch } from '../../../../core/session/study/trial-messages.ts'
import { PLACES } from '../harness.ts'

test('a thread that could not be started fails its trial alone: the next one tries again, and closing is no error', async () => {
  const slot = new Slot({
    ...PLACES,
    workerUrl: new URL('https://example.org/no-worker.ts'),
    gate: createGateMemory(),
    file: 'none.study',
  })
  const raise = () =>
    new Promise<FromTrial>((resolve) => slot.raise({} as Stretch, (message) => resolve(message)))

  const first = await raise()
  const second = await raise()

  expect([first.type, second.type]).toEqual(['failed', 'failed'])
  expect(slot.isFree).toBe(true)
  await expect(slot.close()).resolves.toBeUndefined()
})
