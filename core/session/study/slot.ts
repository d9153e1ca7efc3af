import { toWireError } from '../../errors.ts'
import { diedEarly, startThread } from '../worker-thread.ts'
import type { Thread } from '../worker-thread.ts'
import { askToStop, createAskMemory, takeBack } from './trial-messages.ts'
import type { FromTrial, Stretch, ToTrial } from './trial-messages.ts'

export interface SlotOptions {
  readonly workerUrl: URL
  readonly gate: SharedArrayBuffer
  readonly file: string
  readonly migrationsDir: string
  readonly samplesDir: string
}

/** A place for one trial to run in: a thread that raises one stretch after the other. */
export class Slot {
  readonly #options: SlotOptions
  readonly #asked = createAskMemory()
  #thread: Promise<Thread> | null = null
  #listener: ((message: FromTrial) => void) | null = null

  constructor(options: SlotOptions) {
    this.#options = options
  }

  get isFree(): boolean {
    return this.#listener === null
  }

  /** Raises a stretch. The last message the listener gets is that it ended or failed. */
  raise(stretch: Stretch, listener: (message: FromTrial) => void): void {
    takeBack(this.#asked)
    this.#listener = listener
    this.#started().then(
      ({ worker }) => worker.postMessage({ type: 'raise', stretch } satisfies ToTrial),
      (error) => this.#hear({ type: 'failed', of: 'thread', error: toWireError(error) }),
    )
  }

  /** Asks for the stretch to end after the step in hand. */
  ask(): void {
    askToStop(this.#asked)
  }

  /** Ends the thread. Only while it is free: a run in flight would take the process with it. */
  async close(): Promise<void> {
    const thread = await this.#thread
    thread?.worker.postMessage({ type: 'close' } satisfies ToTrial)
    await thread?.ended
  }

  #started(): Promise<Thread> {
    this.#thread ??= this.#start().catch((error: unknown) => {
      this.#thread = null // the next stretch tries again
      throw error
    })
    return this.#thread
  }

  async #start(): Promise<Thread> {
    const { workerUrl, gate, file, migrationsDir, samplesDir } = this.#options
    const task = { task: 'trial', asked: this.#asked, file, migrationsDir, samplesDir } as const
    const thread = await startThread(workerUrl, task, gate)
    thread.worker.on('message', (message: FromTrial) => this.#hear(message))
    void thread.ended.then((error) => {
      // The next stretch gets another thread; the one that was lost here says why.
      this.#thread = null
      this.#hear({ type: 'failed', of: 'thread', error: toWireError(diedEarly(error)) })
    })
    return thread
  }

  #hear(message: FromTrial): void {
    const listener = this.#listener
    if (message.type === 'ended' || message.type === 'failed') this.#listener = null
    listener?.(message)
  }
}
