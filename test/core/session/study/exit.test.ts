import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { PLACES } from '../harness.ts'
import { STUDY, newStudyBench } from './harness.ts'

/** Wide enough that a thread is nearly always inside a run. */
const WIDE = {
  ...STUDY,
  space: { 'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 0.1 } },
  run: {
    ...STUDY.run,
    network: {
      layers: [
        { type: 'dense', units: 700, activation: 'tanh' },
        { type: 'dense', units: 700, activation: 'tanh' },
        { type: 'dense', units: 2 },
      ],
    },
  },
  budget: { steps: 100_000 },
}

test('a process that ends in mid-study waits for the steps in hand instead of aborting', async () => {
  const { create, folder, studies } = newStudyBench()
  await create(WIDE)
  const child = path.join(import.meta.dirname, 'exit-child.ts')

  for (let life = 0; life < 4; life++) {
    const end = await new Promise((resolve) => {
      const { execPath } = process
      const started = spawn(execPath, [child, folder, PLACES.migrationsDir], { stdio: 'ignore' })
      started.on('close', (code, signal) => resolve({ code, signal }))
    })
    expect(end).toEqual({ code: 7, signal: null })
  }
  expect(studies.show('s').trials).toHaveLength(2)
})
