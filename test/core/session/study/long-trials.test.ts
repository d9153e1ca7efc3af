import { statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { STUDY, isOver, newStudyBench } from './harness.ts'

const MEBIBYTE = 2 ** 20

test('a trial that saves its state again and again leaves no journal as large as all of them', async () => {
  const { folder, host, create, runToEnd } = newStudyBench()
  // 3 MB of weights and moments, twelve times.
  await create({
    run: {
      ...STUDY.run,
      network: {
        layers: [
          { type: 'dense', units: 500, activation: 'relu' },
          { type: 'dense', units: 500, activation: 'relu' },
          { type: 'dense', units: 2 },
        ],
      },
      checkpoint_every: { steps: 1 },
    },
    space: { 'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 1e-3 } },
    trials: 1,
    budget: { steps: 12 },
  })
  let largest = 0
  host.on('study:event', ({ event }) => {
    if (isOver(event)) return
    const wal = statSync(path.join(folder, 's.study-wal'), { throwIfNoEntry: false })
    largest = Math.max(largest, wal?.size ?? 0)
  })

  const end = await runToEnd('s')

  expect(end.trials[0]).toMatchObject({ state: 'done', step: 12 })
  expect(largest).toBeGreaterThan(0)
  expect(largest).toBeLessThan(16 * MEBIBYTE)
})
