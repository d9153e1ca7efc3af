import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createEngine } from '../core/engine/engine.ts'
import type { Batch, EngineSpec } from '../core/engine/engine.ts'
import { defaultHyperparameters } from '../core/protocol/recipe.ts'
import { network } from '../core/protocol/network.ts'
import { normal } from '../core/random/index.ts'
import { row } from './scene.ts'
import type { Row } from './scene.ts'

const STEPS = 50_000
/** Arenas, caches and compiled code have their size by then. */
const WARM_UP = 10_000
const SAMPLE_EVERY = 250
/** Each stretch of steps trains with the next of these; more than stay compiled, so all come and go. */
const BATCH_SIZES = [32, 48, 17, 64, 5]
const STRETCH = 2_000
const FEATURES = 20
const CLASSES = 4

const SPEC: EngineSpec = {
  network: network.parse({
    layers: [
      { type: 'dense', units: 32, activation: 'relu', batch_norm: true },
      { type: 'dropout' },
      { type: 'dense', units: 32, activation: 'relu', batch_norm: true },
      { type: 'dense', units: CLASSES },
    ],
  }),
  loss: {
    name: 'sparse_categorical_cross_entropy',
    classWeights: null,
    labelSmoothing: 0,
    huberDelta: 1,
  },
  optimizer: 'adam',
  input: { shape: [FEATURES], vocabulary: null },
  classes: CLASSES,
  seed: 1,
  threads: 1,
}

const drawBatch = (count: number): Batch => ({
  count,
  x: Float32Array.from({ length: count * FEATURES }, (_, index) => normal(1, 0, index)),
  labels: Int32Array.from({ length: count }, (_, index) => index % CLASSES),
  targets: null,
})

/** Slope of y over x by least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)]
  const covariance = mean(([x, y]) => (x - meanX) * (y - meanY))
  return covariance / mean(([x]) => (x - meanX) ** 2)
}

/**
 * V8's collector: memory that only waits to be collected is no leak. Left to itself V8 lets garbage lie
 * for a while and its heap grow in leaps, by some 20 MiB within 50 000 steps, and then no more.
 */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/**
 * 50 000 steps of a small net with batch norm and dropout, vital signs every hundred, the batch size moved
 * in between: does memory stay flat?
 */
export async function benchSoak(): Promise<readonly Row[]> {
  const engine = await createEngine(SPEC)
  const knobs = defaultHyperparameters({
    optimizer: SPEC.optimizer,
    schedule: 'constant',
    hasLiveDropout: true,
  })
  const batches = BATCH_SIZES.map(drawBatch)
  const points: (readonly [step: number, kilobytes: number])[] = []
  const collect = collector()
  const startedAt = performance.now()
  for (let step = 0; step < STEPS; step++) {
    const batch = batches[Math.floor(step / STRETCH) % batches.length] as Batch
    const vitals = step % 100 === 0
    await engine.computeGradients(batch, { step, l2: 1e-4, dropout: 0.2, vitals })
    engine.applyUpdate(knobs, 1e-3)
    if (step >= WARM_UP && step % SAMPLE_EVERY === 0) {
      collect()
      points.push([step / 1000, process.memoryUsage.rss() / 1024])
    }
  }
  const seconds = (performance.now() - startedAt) / 1000
  await engine.dispose()
  const sizes = points.map(([, kilobytes]) => kilobytes / 1024)
  return [
    row('memory over 50 000 steps', `${slope(points).toFixed(1)} kB per 1 000 steps`),
    row(
      'resident, least and most',
      `${Math.min(...sizes).toFixed(0)} to ${Math.max(...sizes).toFixed(0)} MiB`,
    ),
    row('steps per second, 20-32-32-4', (STEPS / seconds).toFixed(0)),
  ]
}
