import { createEngine } from './engine.ts'
import type { Batch, Engine, EngineSpec } from './engine.ts'
import type { RunHooks } from './runtime.ts'

/** The first steps warm caches and arenas. */
const WARM_UP_STEPS = 2
const MOST_STEPS = 15
const LEAST_STEPS = 3
/** A comparison ends after this long, once both sides have had their least number of steps. */
const LONGEST_MS = 800
/** More threads must earn their keep: other programs and Panda's own window want cores too. */
const WORTH_IT = 0.9

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity

/** Whether steps that took so long (ms) with more threads justify them: by the medians, at least 10 %. */
export const areMoreThreadsWorthIt = (fewer: readonly number[], more: readonly number[]): boolean =>
  median(more) <= WORTH_IT * median(fewer)

async function timeStep(engine: Engine, batch: Batch, step: number): Promise<number> {
  const startedAt = performance.now()
  await engine.computeGradients(batch, { step, l2: 0, dropout: 0.5, vitals: false })
  return performance.now() - startedAt
}

/** Step by step in turn, so that noise meets both alike. */
async function isFaster(more: Engine, fewer: Engine, batch: Batch): Promise<boolean> {
  const times = { more: [] as number[], fewer: [] as number[] }
  const startedAt = performance.now()
  for (let step = 0; step < WARM_UP_STEPS + MOST_STEPS; step++) {
    const isLate = performance.now() - startedAt > LONGEST_MS
    if (isLate && step >= WARM_UP_STEPS + LEAST_STEPS) break
    const [a, b] = [await timeStep(fewer, batch, step), await timeStep(more, batch, step)]
    if (step < WARM_UP_STEPS) continue
    times.fewer.push(a)
    times.more.push(b)
  }
  return areMoreThreadsWorthIt(times.fewer, times.more)
}

/**
 * The number of threads with which steps on this batch are fastest on this machine: each candidate in
 * rising order is timed against the best before it, on engines of their own (two at a time), and must be
 * at least 10 % faster. Takes about a second per candidate.
 */
export async function measureThreads(
  spec: Omit<EngineSpec, 'threads'>,
  batch: Batch,
  candidates: readonly number[],
  hooks: RunHooks = {},
): Promise<number> {
  const [first, ...others] = candidates.toSorted((a, b) => a - b)
  if (first === undefined) throw new Error('there is no number of threads to try')
  if (others.length === 0) return first
  let best = { threads: first, engine: await createEngine({ ...spec, threads: first }, hooks) }
  try {
    for (const threads of others) {
      const next = { threads, engine: await createEngine({ ...spec, threads }, hooks) }
      let isBetter = false
      try {
        isBetter = await isFaster(next.engine, best.engine, batch)
      } finally {
        await (isBetter ? best : next).engine.dispose()
      }
      if (isBetter) best = next
    }
    return best.threads
  } finally {
    await best.engine.dispose()
  }
}
