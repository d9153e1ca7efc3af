import { Worker } from 'node:worker_threads'
import { PandaError, toWireError, unwrap } from '../errors.ts'
import type { WireResult } from '../errors.ts'
import type { RunEvent } from '../protocol/run.ts'
import { createGateMemory, stopRuns } from './handshake.ts'
import { connectSession } from './session-api.ts'
import type { SessionClient } from './session-api.ts'
import type { WorkerTask } from './worker-task.ts'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

export interface WorkerHandle {
  readonly session: SessionClient
  /** Resolves when the thread has ended; with the error that ended it, if one did. */
  readonly ended: Promise<Error | null>
}

/** Gates of the workers that live: whoever ends this process must wait for the step in hand. */
const gates = new Set<SharedArrayBuffer>()
let watchesExit = false

async function spawn(workerUrl: URL, task: DistributiveOmit<WorkerTask, 'gate'>): Promise<Worker> {
  await import('../engine/keep-loaded.ts')
  const gate = createGateMemory()
  gates.add(gate)
  if (!watchesExit) {
    process.on('exit', () => gates.forEach(stopRuns))
    watchesExit = true
  }
  const worker = new Worker(workerUrl, { workerData: { ...task, gate } })
  worker.once('exit', () => gates.delete(gate))
  return worker
}

const diedEarly = (error: Error | null): PandaError =>
  new PandaError(
    'engine/failed',
    `the training thread ended: ${error?.message ?? 'no reason given'}`,
  )

function endOf(worker: Worker): Promise<Error | null> {
  let fault: Error | null = null
  worker.on('error', (error) => {
    fault = error instanceof Error ? error : new Error(String(error))
  })
  return new Promise((resolve) => worker.once('exit', () => resolve(fault)))
}

/** Starts a worker thread that cares for one run. Throws what kept it from opening the file. */
export async function startSession(
  workerUrl: URL,
  task: DistributiveOmit<WorkerTask & { task: 'session' }, 'gate'>,
  onEvent: (event: RunEvent) => void,
): Promise<WorkerHandle> {
  const worker = await spawn(workerUrl, task)
  const ended = endOf(worker)
  let deliver: (message: unknown) => void = () => {}
  // The first message says whether the file could be opened; all later ones are the session's.
  const opened = new Promise<WireResult<unknown>>((resolve) => {
    worker.once('message', (first: WireResult<unknown>) => {
      worker.on('message', (message) => deliver(message))
      resolve(first)
    })
  })
  const failed = ended.then((error): WireResult<unknown> => ({
    ok: false,
    error: toWireError(diedEarly(error)),
  }))
  const session = connectSession(
    {
      post: (message) => worker.postMessage(message),
      onMessage: (listener) => (deliver = listener),
    },
    onEvent,
  )
  unwrap(await Promise.race([opened, failed]))
  void ended.then((error) => session.disconnect(diedEarly(error)))
  return { session, ended }
}

/** Creates a run's file in a thread of its own, so that a window stays responsive. */
export async function createInWorker(
  workerUrl: URL,
  task: DistributiveOmit<WorkerTask & { task: 'create' }, 'gate'>,
): Promise<void> {
  const worker = await spawn(workerUrl, task)
  const ended = endOf(worker)
  const answered = new Promise<WireResult<unknown>>((resolve) => worker.once('message', resolve))
  const failed = ended.then((error): WireResult<unknown> => ({
    ok: false,
    error: toWireError(diedEarly(error)),
  }))
  const result = await Promise.race([answered, failed])
  await ended
  unwrap(result)
}
