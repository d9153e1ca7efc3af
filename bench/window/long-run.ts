import path from 'node:path'
import { createHost } from '../../core/session/host.ts'
import { restore, saveStanding } from '../../core/session/saved-state.ts'
import { lineageCheckpoints } from '../../core/store/checkpoints.ts'
import { closeDay } from '../../core/store/days.ts'
import { durably } from '../../core/store/db.ts'
import type { WritableDb } from '../../core/store/db.ts'
import { appendMetrics } from '../../core/store/metrics.ts'
import { closeRun, openForWriting } from '../../core/store/open.ts'
import { setHead } from '../../core/store/run.ts'
import { DIGITS, MIGRATIONS, SAMPLES, WORKER, newFolder } from '../scene.ts'

export const LONG = 'long'
export const LONG_STEPS = 10_000_000
/** Where the one outlier stands, and how high. */
export const OUTLIER = { step: 6_180_339, cost: 900 } as const

const BATCH = 100_000
const DAYS = 20
const DENSE = ['cost', 'data_cost', 'gradient_norm'] as const

const costAt = (step: number) =>
  step === OUTLIER.step ? OUTLIER.cost : 2 / Math.sqrt(1 + step / 2_000) + Math.random() / 20

function fill(db: WritableDb): void {
  for (let from = 0; from < LONG_STEPS; from += BATCH) {
    const steps = Float64Array.from({ length: BATCH }, (_, at) => from + at + 1)
    const values = steps.map((step) => Math.fround(costAt(step)))
    for (const metric of DENSE) appendMetrics(db, 'b1', metric, { steps, values })
  }
  const every = 10_000
  const sparse = Float64Array.from({ length: LONG_STEPS / every }, (_, at) => (at + 1) * every)
  const devCosts = sparse.map((step) => costAt(step) + 0.05)
  appendMetrics(db, 'b1', 'dev_cost', { steps: sparse, values: devCosts })
  appendMetrics(db, 'b1', 'dev_accuracy', { steps: sparse, values: sparse.map(() => 0.9) })
}

/** A folder with one resting run of ten million recorded steps, which the window can open like any other. */
export async function makeLongRun(): Promise<string> {
  const folder = newFolder()
  const host = createHost({
    dataDir: folder,
    samplesDir: SAMPLES,
    migrationsDir: MIGRATIONS,
    workerUrl: WORKER,
  })
  const config = {
    data: { sample: 'digits' },
    network: { layers: [{ type: 'dense', units: 10 }] },
    loss: 'sparse_categorical_cross_entropy',
    day: { steps: 500_000 },
    vitals_every: { steps: 1_000_000_000 },
  }
  await host.handlers['runs:create']({ config, name: LONG, base: path.dirname(DIGITS) })
  await host.close()
  const db = openForWriting(path.join(folder, `${LONG}.panda`), { migrationsDir: MIGRATIONS })
  try {
    fill(db)
    const first = lineageCheckpoints(db, 'b1').at(-1)
    if (first === undefined) throw new Error('a new run has a checkpoint')
    const { standing } = restore(db, first)
    durably(db, () => {
      for (let day = 1; day <= DAYS; day++) {
        const step = (LONG_STEPS / DAYS) * day
        const position = { step, samplesSeen: step * 64 }
        const calendar = { ...standing.calendar, day: day + 1, dayFromStep: step }
        const state = { ...standing.state, position }
        const now = { ...standing, state, calendar, cost: costAt(step) }
        const { checkpoint } = saveStanding(db, now, day < DAYS ? 'day' : 'pause', Date.now())
        closeDay(db, {
          day,
          branch: 'b1',
          checkpoint,
          fromStep: step - LONG_STEPS / DAYS,
          toStep: step,
          endedAt: Date.now() - (DAYS - day) * 86_400_000,
          cost: costAt(step),
          devCost: costAt(step) + 0.05,
          devAccuracy: 0.9,
        })
      }
      setHead(db, { branch: 'b1', step: LONG_STEPS })
    })
  } finally {
    closeRun(db)
  }
  return folder
}
