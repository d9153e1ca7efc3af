import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import type { RunEvent } from '../../../core/protocol/run.ts'
import { createHost } from '../../../core/session/host.ts'
import type { Host } from '../../../core/session/host.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

export const PLACES = {
  samplesDir: path.join(ROOT, 'out/samples'),
  migrationsDir: path.join(ROOT, 'migrations'),
  workerUrl: new URL('../../../core/session/worker.ts', import.meta.url),
}

const EXAMPLES = 120

/** Two rings of points: small, quick to train on, and not linearly separable. */
function ringsCsv(): string {
  const rows = Array.from({ length: EXAMPLES }, (_, i) => {
    const angle = i * 2.399963
    const radius = (i % 2 === 0 ? 1 : 2) + 0.2 * Math.sin(i * 12.9898)
    return `${(radius * Math.cos(angle)).toFixed(5)},${(radius * Math.sin(angle)).toFixed(5)},${i % 2}`
  })
  return ['x,y,ring', ...rows].join('\n')
}

/** 96 training examples in batches of 16: six steps an epoch, a day every epoch. */
export const SMALL = {
  seed: 7,
  data: { csv: 'rings.csv', label: 'ring' },
  network: {
    layers: [
      { type: 'dense', units: 8, activation: 'tanh' },
      { type: 'dense', units: 2 },
    ],
  },
  loss: 'sparse_categorical_cross_entropy',
  optimizer: 'adam',
  hyperparameters: { learning_rate: 0.01, batch_size: 16 },
  day: { epochs: 1 },
  threads: 1,
}

/** What is hard to take again bit for bit: running statistics and random masks. For `create`. */
export const NOISY = {
  network: {
    layers: [
      { type: 'dense', units: 8, activation: 'relu', batch_norm: true },
      { type: 'dropout' },
      { type: 'dense', units: 2 },
    ],
  },
  hyperparameters: { learning_rate: 0.01, batch_size: 16, dropout: 0.3 },
}

export interface Bench {
  readonly folder: string
  readonly host: Host
  readonly events: RunEvent[]
  /** Creates the small run, with settings of the caller's on top. */
  create(name: string, settings?: object): Promise<string>
  /** Trains and waits until the run stands still. */
  train(
    run: string,
    amount: { steps: number } | { epochs: number } | { days: number },
  ): Promise<void>
  /** Resolves at the first event that fits. */
  until(fits: (event: RunEvent) => boolean): Promise<RunEvent>
  /** A second host on the same folder, as after a restart of the app. */
  another(): Bench
  close(): Promise<void>
}

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** Does `work` when the test is over, before what was made earlier goes. */
export const afterwards = (work: () => Promise<void>): void => void cleanUps.push(work)

/** A fresh folder with the small data set and a host on it; gone after the test. */
export function newBench(): Bench {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-test-'))
  writeFileSync(path.join(folder, 'rings.csv'), ringsCsv())
  cleanUps.push(async () => rmSync(folder, { recursive: true, force: true }))
  return benchOn(folder)
}

function benchOn(folder: string): Bench {
  const host = createHost({ dataDir: folder, ...PLACES })
  const events: RunEvent[] = []
  host.on('run:event', ({ event }) => events.push(event))
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    await host.close()
  }
  cleanUps.push(close)
  const until: Bench['until'] = (fits) =>
    new Promise((resolve) => {
      const off = host.on('run:event', ({ event }) => {
        if (!fits(event)) return
        off()
        resolve(event)
      })
    })
  return {
    folder,
    host,
    events,
    until,
    close,
    another: () => benchOn(folder),
    async create(name, settings = {}) {
      const config = { ...SMALL, ...settings }
      const created = await host.handlers['runs:create']({ config, name, base: folder })
      return created.run
    },
    async train(run, amount) {
      const still = until(
        (event) =>
          event.type === 'state' && ['paused', 'failed', 'stopped'].includes(event.state.kind),
      )
      await host.handlers['run:train'](run, amount)
      const last = await still
      if (last.type === 'state' && last.state.kind === 'failed') {
        throw new Error(last.state.error.message)
      }
    },
  }
}
