import { Worker } from 'node:worker_threads'
import { PandaError } from '../errors.ts'
import { createGateMemory, endRuns, stopRuns } from './handshake.ts'
import type { WorkerTask } from './worker-task.ts'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A task as the host words it; the gate is added where the thread is started. */
export type Task<T extends WorkerTask['task'] = WorkerTask['task']> = DistributiveOmit<
  Extract<WorkerTask, { readonly task: T }>,
  'gate'
>

export interface Thread {
  readonly worker: Worker
  readonly gate: SharedArrayBuffer
  /** Resolves when the thread has ended; with the error that ended it, if one did. */
  readonly ended: Promise<Error | null>
}

/** Gates of the workers that live: whoever ends this process must wait for the step in hand. */
const gates = new Set<SharedArrayBuffer>()
let watchesExit = false

/** Keeps this process from ending inside a run behind `gate`. */
export function guardAtExit(gate: SharedArrayBuffer): void {
  gates.add(gate)
  if (watchesExit) return
  process.on('exit', () => gates.forEach(stopRuns))
  watchesExit = true
}

/** The runs behind `gate` are over for good. */
export const unguard = (gate: SharedArrayBuffer): void => void gates.delete(gate)

/** Starts a worker thread on a task. */
export async function startThread(
  workerUrl: URL,
  task: Task,
  gate: SharedArrayBuffer = createGateMemory(),
): Promise<Thread> {
  await import('../engine/keep-loaded.ts')
  guardAtExit(gate)
  const worker = new Worker(workerUrl, { workerData: { ...task, gate } })
  worker.once('exit', () => {
    endRuns(gate)
    unguard(gate)
  })
  return { worker, gate, ended: endOf(worker) }
}

function endOf(worker: Worker): Promise<Error | null> {
  let fault: Error | null = null
  worker.on('error', (error) => {
    fault = error instanceof Error ? error : new Error(String(error))
  })
  return new Promise((resolve) => worker.once('exit', () => resolve(fault)))
}

export const diedEarly = (error: Error | null): PandaError =>
  new PandaError(
    'engine/failed',
    `the training thread ended: ${error?.message ?? 'no reason given'}`,
    'What was saved is safe. Open the run again: it goes on from its newest good checkpoint.',
  )
