import path from 'node:path'
import Database from 'better-sqlite3'
import { runConfig } from '../core/protocol/config.ts'
import { createHost } from '../core/session/host.ts'
import { querySeries } from '../core/session/series-query.ts'
import { createRunFile } from '../core/store/create.ts'
import { readCurve } from '../core/store/curves.ts'
import { together } from '../core/store/db.ts'
import type { WritableDb } from '../core/store/db.ts'
import { appendMetrics, readLineageMetrics } from '../core/store/metrics.ts'
import { closeRun, openForReading, openForWriting } from '../core/store/open.ts'
import { MIGRATIONS, SAMPLES, WORKER, median, ms, newFolder, quantile, row } from './scene.ts'
import type { Row } from './scene.ts'

const STEPS = 10_000_000
const POINTS = 1_000
const TIMES = 40
/** Every run records these for each of its steps. */
const DENSE = ['cost', 'data_cost', 'gradient_norm']

const timed = (work: () => unknown): number => {
  const begin = performance.now()
  work()
  return performance.now() - begin
}
/** What this thread computed meanwhile: on a busy machine the clock counts others' work too. */
function computed(work: () => unknown): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
const spread = (times: readonly number[]): string =>
  `median ${ms(median(times))}, 95 % ${ms(quantile(times, 0.95))}, max ${ms(Math.max(...times))}`

function createLongRun(file: string): void {
  createRunFile(
    file,
    {
      name: 'long',
      createdAt: Date.now(),
      config: runConfig.parse({
        data: { sample: 'digits' },
        network: { layers: [{ type: 'dense', units: 10 }] },
        loss: 'sparse_categorical_cross_entropy',
      }),
      parameters: 7_850,
      facts: {
        trainExamples: 8_000,
        devExamples: 2_000,
        features: 784,
        featureShape: [28, 28],
        classes: 10,
        classNames: null,
        vocabulary: null,
        characters: null,
        targetsPerExample: 1,
      },
      engine: null,
      dataset: { kind: 'packed', bytes: Uint8Array.of(1) },
    },
    { migrationsDir: MIGRATIONS },
  )
}

const costsFrom = (from: number, count: number) => ({
  steps: Float64Array.from({ length: count }, (_, at) => from + at + 1),
  values: Float64Array.from({ length: count }, (_, at) =>
    Math.fround(1 / Math.sqrt(from + at + 1) + Math.random() / 10),
  ),
})

function fill(db: WritableDb, metric: string): void {
  const batch = 100_000
  for (let from = 0; from < STEPS; from += batch) {
    appendMetrics(db, 'b1', metric, costsFrom(from, batch))
  }
}

/** What a trainer does five times a second at 500 steps a second: 100 steps of each dense metric. */
function writing(db: WritableDb): Row {
  const times: number[] = []
  for (let from = STEPS; times.length < 1_000; from += 100) {
    const points = costsFrom(from, 100)
    times.push(
      timed(() =>
        together(db, () => {
          for (const metric of DENSE) appendMetrics(db, 'b1', metric, points)
        }),
      ),
    )
  }
  const share = times.reduce((sum, time) => sum + time, 0) / (times.length * 200)
  return row(
    `writing 3 × 100 points, five times a second`,
    `${(share * 100).toFixed(2)} % of training; ${spread(times)}`,
  )
}

/** Ranges of this many steps, anywhere, as a person zooms and pans. */
const ZOOMS = [STEPS, 3_000_000, 1_000_000, 300_000, 100_000, 64_000, 40_000, 10_000, 1_000]

/** Curves of a run of ten million steps: what they cost to write, to read at any zoom, and to bring forward. */
export async function benchSeries(): Promise<readonly Row[]> {
  const folder = newFolder()
  const file = path.join(folder, 'long.panda')
  createLongRun(file)
  const filled = openForWriting(file, { migrationsDir: MIGRATIONS })
  for (const metric of DENSE) fill(filled, metric)
  const rows = [writing(filled)]
  closeRun(filled)

  const db = openForReading(file, { migrationsDir: MIGRATIONS })
  const range = { branch: 'b1', metric: 'cost' } as const
  const processor: number[] = []
  for (const steps of ZOOMS) {
    const times = Array.from({ length: TIMES }, () => {
      const from = Math.floor(Math.random() * (STEPS - steps))
      const query = { ...range, from, to: from + steps, points: POINTS }
      return timed(() => processor.push(computed(() => querySeries(db, query))))
    })
    rows.push(row(`${POINTS} points of ${steps.toLocaleString('en')} steps`, spread(times)))
  }
  rows.push(row('the most processor time of any of these', ms(Math.max(...processor))))
  const thumbnails = Array.from({ length: TIMES }, () => timed(() => readCurve(db, range, 48)))
  rows.push(row('a thumbnail of 48 points', spread(thumbnails)))
  rows.push(row('all points, as before', ms(timed(() => readLineageMetrics(db, 'b1', 'cost')))))
  closeRun(db)

  rows.push(await throughHost(folder))
  rows.push(upgrading(file))
  return rows
}

/** The same as a window asks for it: the file is opened and closed for each. */
async function throughHost(folder: string): Promise<Row> {
  const host = createHost({
    dataDir: folder,
    samplesDir: SAMPLES,
    migrationsDir: MIGRATIONS,
    workerUrl: WORKER,
  })
  const times: number[] = []
  while (times.length < TIMES) {
    const begin = performance.now()
    await host.handlers['run:series']('long', { metric: 'cost', points: POINTS })
    times.push(performance.now() - begin)
  }
  await host.close()
  return row(`${POINTS} points of all steps, through a host`, spread(times))
}

/** Of a file without rollups, as version 10 left it. */
function upgrading(file: string): Row {
  const connection = new Database(file)
  connection.exec('DROP TABLE metric_rollups')
  connection.pragma('user_version = 10')
  connection.close()
  let opened: WritableDb | null = null
  const first = timed(() => (opened = openForWriting(file, { migrationsDir: MIGRATIONS })))
  if (opened !== null) closeRun(opened)
  const again = timed(() => (opened = openForWriting(file, { migrationsDir: MIGRATIONS })))
  if (opened !== null) closeRun(opened)
  return row(
    `opening a file of version 10 for writing, ${DENSE.length} metrics`,
    `${ms(first)}; then ${ms(again)}`,
  )
}
