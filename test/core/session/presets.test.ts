import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunConfig } from '../../../core/protocol/config.ts'
import { newBench } from './harness.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples')

/** Every preset whose data are at hand, with its own network, loss, optimizer and schedule. A search is none. */
const PRESETS = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.json') && !/^fashion|-search\.json$/.test(file))
  .map((file) => file.slice(0, -'.json'.length))

/** Small batches and short days; everything else as a person would train it. */
function shortened(name: string, threads: number) {
  const file = path.join(EXAMPLES, `${name}.json`)
  const config = JSON.parse(readFileSync(file, 'utf8')) as RunConfig
  const { hyperparameters } = config
  return {
    ...config,
    hyperparameters: { ...hyperparameters, batch_size: 8 },
    day: { steps: 3 },
    vitals_every: { steps: 2 },
    evaluate_every: { epochs: 1000 },
    // Enough to train on, and quick to evaluate.
    data: { ...config.data, dev: 0.01 },
    threads,
  }
}

describe.each(PRESETS)('%s', (name) => {
  test.each([1, 2])(
    'on %d threads a run that was interrupted has the bits of one that was not',
    async (threads) => {
      const bench = newBench()
      const config = shortened(name, threads)
      for (const run of ['whole', 'halved']) {
        await bench.host.handlers['runs:create']({ config, name: run, base: EXAMPLES })
      }

      await bench.train('whole', { steps: 6 })
      await bench.train('halved', { steps: 2 })
      await bench.close()
      const later = bench.another()
      await later.train('halved', { steps: 4 })

      const whole = await later.host.handlers['run:show']('whole')
      const halved = await later.host.handlers['run:show']('halved')
      expect(halved.step).toBe(6)
      expect(halved.parametersSha256).toBe(whole.parametersSha256)
      const days = await later.host.handlers['run:verify']('halved', null)
      expect(days.map(({ day, identical }) => [day, identical])).toEqual([
        [1, true],
        [2, true],
      ])
    },
    60_000,
  )
})
