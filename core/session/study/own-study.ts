import { PandaError, toWireError, unwrap } from '../../errors.ts'
import type { WireResult } from '../../errors.ts'
import type { StudyEvent } from '../../protocol/study.ts'
import { createGateMemory } from '../handshake.ts'
import { guardAtExit, startThread, unguard } from '../worker-thread.ts'
import type { StudyClient } from './study-api.ts'
import { connectStudy } from './study-api.ts'

export interface OwnStudyOptions {
  readonly workerUrl: URL
  readonly study: string
  readonly file: string
  readonly samplesDir: string
  readonly migrationsDir: string
  readonly parallel: number
  readonly memoryBytes: number
}

export interface OwnStudy {
  readonly client: StudyClient
  /** Resolves when the thread has ended; with the error that ended it, if one did. */
  readonly ended: Promise<Error | null>
}

/** To those who asked while it was on its way out. */
const letGo = ({ study }: Pick<OwnStudyOptions, 'study'>) =>
  new PandaError('session/closed', `${study} was closed before it could answer`, 'Ask again.')

/** What is said of a study whose thread ended without being told to. */
export const broke = (error: Error | null): PandaError =>
  new PandaError(
    'engine/failed',
    `the thread of the search ended: ${error?.message ?? 'no reason given'}`,
    'What was saved is safe. Go on with the search: its trials go on from their last checkpoints.',
  )

/** Starts a worker thread that cares for a study. Throws what kept it from opening the file. */
export async function startStudy(
  { workerUrl, ...options }: OwnStudyOptions,
  onEvent: (event: StudyEvent) => void,
): Promise<OwnStudy> {
  // The trials' threads are the study's, but it is this process that must not end while they compute.
  const trialGates = Array.from({ length: options.parallel }, createGateMemory)
  trialGates.forEach(guardAtExit)
  const task = { task: 'study', workerUrl: workerUrl.href, trialGates, ...options } as const
  const { worker, ended } = await startThread(workerUrl, task)
  let deliver: (message: unknown) => void = () => {}
  // The first message says whether the file could be opened; all later ones are the study's.
  const opened = new Promise<WireResult<unknown>>((resolve) => {
    worker.once('message', (first: WireResult<unknown>) => {
      worker.on('message', (message) => deliver(message))
      resolve(first)
    })
  })
  const failed = ended.then((error): WireResult<unknown> => {
    trialGates.forEach(unguard)
    return { ok: false, error: toWireError(broke(error)) }
  })
  const client = connectStudy(
    {
      post: (message) => worker.postMessage(message),
      onMessage: (listener) => (deliver = listener),
    },
    onEvent,
  )
  unwrap(await Promise.race([opened, failed]))
  void ended.then((error) => client.disconnect(error === null ? letGo(options) : broke(error)))
  return { client, ended }
}
