import { PandaError, toWireError, unwrap } from '../errors.ts'
import type { WireResult } from '../errors.ts'
import type { RunEvent } from '../protocol/run.ts'
import { connectSession } from './session-api.ts'
import type { SessionClient } from './session-api.ts'
import { diedEarly, startThread } from './worker-thread.ts'
import type { Task } from './worker-thread.ts'

export interface WorkerHandle {
  readonly session: SessionClient
  /** Resolves when the thread has ended; with the error that ended it, if one did. */
  readonly ended: Promise<Error | null>
}

/** To those who asked while it was on its way out. */
const letGo = ({ run }: Task<'session'>) =>
  new PandaError('session/closed', `${run} was closed before it could answer`, 'Ask again.')

/** Starts a worker thread that cares for one run. Throws what kept it from opening the file. */
export async function startSession(
  workerUrl: URL,
  task: Task<'session'>,
  onEvent: (event: RunEvent) => void,
): Promise<WorkerHandle> {
  const { worker, ended } = await startThread(workerUrl, task)
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
  void ended.then((error) => session.disconnect(error === null ? letGo(task) : diedEarly(error)))
  return { session, ended }
}
