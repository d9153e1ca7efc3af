import { expect, test } from 'vitest'
import { newStudyBench } from './harness.ts'

test('a trial whose thread breaks is failed with its error; the others are done', async () => {
  const { create, runToEnd } = newStudyBench(new URL('./frail-worker.ts', import.meta.url))
  await create({
    method: 'grid',
    trials: 4,
    space: { 'network.layers.0.units': { type: 'choice', values: [4, 5, 6, 7] } },
  })

  const { trials, state } = await runToEnd('s')

  expect(state).toBe('done')
  expect(trials.map(({ state }) => state)).toEqual(['done', 'failed', 'done', 'done'])
  expect(trials[1]?.reason).toContain('a loose wire')
})
