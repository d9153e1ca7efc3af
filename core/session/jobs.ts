import { PandaError, toWireError, unwrap } from '../errors.ts'
import type { WireResult } from '../errors.ts'
import type { DataDescription } from '../protocol/describe-data.ts'
import type {
  EvaluationReply,
  ExportReply,
  PredictionReply,
  PreflightProgress,
  PreflightReply,
  RunInputs,
} from '../protocol/examine.ts'
import type { Advice, StudyInsight } from '../protocol/study.ts'
import type { RunSize } from './create-run.ts'
import { runsStopped } from './handshake.ts'
import type { AdoptedTrial } from './study/adopt.ts'
import type { CreatedStudy } from './study/create-study.ts'
import { diedEarly, startThread } from './worker-thread.ts'
import type { Task, Thread } from './worker-thread.ts'

/** What is done in a thread of its own, so that a window stays responsive, and what comes of it. */
export interface JobReplies {
  readonly create: RunSize
  readonly 'run:evaluate': EvaluationReply
  readonly 'run:predict': PredictionReply
  readonly 'run:export': ExportReply
  readonly 'run:preflight': PreflightReply
  readonly 'run:inputs': RunInputs
  readonly 'data:describe': DataDescription
  readonly 'run:duplicate': null
  readonly 'study:create': CreatedStudy
  readonly 'study:adopt': AdoptedTrial
  readonly 'study:insight': StudyInsight
  readonly 'search:advise': Advice
}
export type JobName = keyof JobReplies

/** Cut short, they would leave half a file of another name behind. */
const WRITERS: ReadonlySet<JobName> = new Set([
  'create',
  'run:export',
  'run:duplicate',
  'study:create',
  'study:adopt',
])

/** What a job's thread posts: how far it is, and at last how it ended. */
export type JobMessage =
  | { readonly type: 'progress'; readonly progress: PreflightProgress }
  | { readonly type: 'result'; readonly result: WireResult<unknown> }

const givenUp = (): WireResult<never> => ({
  ok: false,
  error: toWireError(new PandaError('session/closed', 'Panda is closing', 'Start it again.')),
})

/** Jobs under way. None outlives its host. */
export class Jobs {
  readonly #workerUrl: URL
  readonly #onProgress: (progress: PreflightProgress) => void
  readonly #running = new Map<Promise<Thread>, JobName>()
  #isClosed = false

  constructor(workerUrl: URL, onProgress: (progress: PreflightProgress) => void) {
    this.#workerUrl = workerUrl
    this.#onProgress = onProgress
  }

  /** Does a job to its end. Throws what kept it from that; `session/closed` where it is given up. */
  async run<N extends JobName>(task: Task<N>): Promise<JobReplies[N]> {
    if (this.#isClosed) unwrap(givenUp())
    const starting = startThread(this.#workerUrl, task)
    this.#running.set(starting, task.task)
    try {
      const thread = await starting
      const result = await this.#resultOf(thread)
      await thread.ended
      return unwrap(result) as JobReplies[N]
    } finally {
      this.#running.delete(starting)
    }
  }

  /** Gives up what is under way: waits for the pass in hand, not for the job, unless that writes a file. */
  async close(): Promise<void> {
    this.#isClosed = true
    const giveUp = async (starting: Promise<Thread>, job: JobName) => {
      const { worker, gate, ended } = await starting
      if (WRITERS.has(job)) return void (await ended)
      await runsStopped(gate, ended)
      await worker.terminate()
    }
    // One that could not be started has said so to whoever asked for it.
    await Promise.allSettled([...this.#running].map(([starting, job]) => giveUp(starting, job)))
  }

  #resultOf({ worker, ended }: Thread): Promise<WireResult<unknown>> {
    return new Promise((resolve) => {
      worker.on('message', (message: JobMessage) => {
        if (message.type === 'progress') this.#onProgress(message.progress)
        else resolve(message.result)
      })
      void ended.then((error) => {
        resolve(this.#isClosed ? givenUp() : { ok: false, error: toWireError(diedEarly(error)) })
      })
    })
  }
}
