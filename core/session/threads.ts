import { availableParallelism } from 'node:os'
import { gatherBatch } from '../data/batch.ts'
import type { Dataset } from '../data/dataset.ts'
import type { EngineSpec } from '../engine/engine.ts'
import type { RunHooks } from '../engine/runtime.ts'
import { measureThreads } from '../engine/threads.ts'
import { firstRows } from './batches.ts'

/** 1, 2, 4, … and all there are: more steps between would be told apart by noise alone. */
export function threadCandidates(cores: number): readonly number[] {
  const powers = Array.from({ length: 8 }, (_, index) => 2 ** index)
  return [...powers.filter((count) => count < cores), cores]
}

/** The number of threads that takes this run's steps fastest on this machine. Takes a second or so. */
export async function threadsFor(
  spec: Omit<EngineSpec, 'threads'>,
  dataset: Dataset,
  batchSize: number,
  hooks: RunHooks,
): Promise<number> {
  const candidates = threadCandidates(availableParallelism())
  if (candidates.length === 1) return 1
  const count = Math.min(batchSize, dataset.train.count)
  const batch = gatherBatch(dataset.train, firstRows(count), 0, count)
  return measureThreads(spec, batch, candidates, hooks)
}
