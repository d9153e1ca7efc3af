import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { PandaError } from '../errors.ts'
import type { WireError } from '../errors.ts'
import { acquireLock } from '../store/lock.ts'
import type { Lock } from '../store/lock.ts'
import { connectLocally } from './local-socket.ts'
import type { LocalClient } from './local-socket.ts'

/** A file in care, by a worker of ours or by another process. */
export interface Cared {
  /** Saves and lets go; of what another process has, only the connection. */
  close(): Promise<void>
}

/** A file and what it is called in sentences. */
export interface NamedFile {
  readonly file: string
  readonly name: string
}

interface InCareOptions<L extends Cared> {
  /** What another process has in care, over a connection to it. */
  readonly reach: (place: NamedFile, client: LocalClient) => L
  /** Another process that had a file in care is gone, or has let go. */
  readonly gone: () => void
}

/** Another process that has just taken a file needs a moment until it answers. */
const ANSWER_WITHIN_MS = 3_000
const ASK_AGAIN_MS = 50

/** The files in care that this host knows, each at most once: its own, and those of other processes. */
export class InCare<L extends Cared> {
  readonly #options: InCareOptions<L>
  readonly #known = new Map<string, Promise<L>>()
  readonly #own = new Set<L>()
  /** Files on their way out: who asks for one meanwhile waits until it is free. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** What ended the care of a file, until somebody takes it again. The file can't tell. */
  readonly #faults = new Map<string, WireError>()
  #isClosed = false

  constructor(options: InCareOptions<L>) {
    this.#options = options
  }

  /** Is nothing taken any more? */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Those that this process cares for. */
  get own(): readonly L[] {
    return [...this.#own]
  }

  /** What ended the care of a resting file, if something did; null once it was opened again. */
  faultOf(file: string): WireError | null {
    return this.#faults.get(file) ?? null
  }

  setFault(file: string, error: WireError): void {
    this.#faults.set(file, error)
  }

  /** Whoever has the file in care; null if nobody answers. Opens nothing. */
  async attached(place: NamedFile): Promise<L | null> {
    const { file } = place
    await this.#leaving.get(file)
    const known = this.#known.get(file)
    if (known !== undefined) return known
    if (!existsSync(`${file}-lock`)) return null
    return this.#attach(place)
  }

  /**
   * Takes the file into care with `open`, which releases the lock when care ends or can't begin; or finds
   * who was faster. Throws `session/locked` where another process has it and does not answer.
   */
  take(place: NamedFile, open: (lock: Lock) => Promise<L>): Promise<L> {
    const begin = (lock: Lock) => this.#remember(place.file, open(lock))
    return this.#sooner(place, begin, (live) => Promise.resolve(live))
  }

  /**
   * Does `work`, which releases the lock, while nobody finds the file here; or `otherwise`, if somebody was
   * faster. Throws as `take` does.
   */
  alone(
    place: NamedFile,
    work: (lock: Lock) => Promise<void>,
    otherwise: (live: L) => Promise<void>,
  ): Promise<void> {
    return this.#sooner(place, (lock) => this.leave(place.file, work(lock)), otherwise)
  }

  /** From now on `live` is closed when this host is, and no fault is held against its file. */
  keep(file: string, live: L): void {
    this.#own.add(live)
    this.#faults.delete(file)
  }

  /** Nobody finds the file here any more. */
  forget(file: string, live?: L): void {
    if (live !== undefined) this.#own.delete(live)
    this.#known.delete(file)
  }

  /** Until `going` has settled, whoever asks for the file waits. Settles as `going` does. */
  async leave(file: string, going: Promise<void>): Promise<void> {
    const gone = going.catch(() => {}) // told to whoever closes it
    this.#leaving.set(file, gone)
    await gone
    if (this.#leaving.get(file) === gone) this.#leaving.delete(file)
    return going
  }

  /** Saves and lets go of everything; nothing is taken after this. */
  async close(): Promise<void> {
    this.#isClosed = true
    const leaving = [...this.#leaving.values()]
    const opened = await Promise.allSettled([...this.#known.values()])
    const known = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const closed = await Promise.allSettled(
      [...new Set([...known, ...this.#own])].map((live) => live.close()),
    )
    await Promise.all(leaving)
    const failed = closed.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  /** Remembers the file while it is opened and after; forgets it if that fails. */
  #remember(file: string, opening: Promise<L>): Promise<L> {
    this.#known.set(file, opening)
    opening.catch(() => this.#drop(file, opening))
    return opening
  }

  #drop(file: string, opening: Promise<L>): void {
    if (this.#known.get(file) === opening) this.#known.delete(file)
  }

  /** Connects to the process that has the file in care; null if none answers. */
  async #attach(place: NamedFile): Promise<L | null> {
    const { file } = place
    const client = await connectLocally(file)
    if (client === null) return null
    const known = this.#known.get(file)
    if (known !== undefined) {
      client.close()
      return known
    }
    const live = this.#options.reach(place, client)
    const attached = this.#remember(file, Promise.resolve(live))
    this.#faults.delete(file)
    void client.gone.then(() => {
      this.#drop(file, attached)
      this.#options.gone()
    })
    return live
  }

  /** Begins `work` as soon as the lock is free; or `otherwise` with whoever has the file in care by then. */
  async #sooner<T>(
    place: NamedFile,
    work: (lock: Lock) => Promise<T>,
    otherwise: (live: L) => Promise<T>,
  ): Promise<T> {
    const { file, name } = place
    const deadline = Date.now() + ANSWER_WITHIN_MS
    for (;;) {
      if (this.#isClosed) {
        throw new PandaError('session/closed', 'Panda is closing', 'Start it again.')
      }
      const known = this.#known.get(file)
      if (known !== undefined) return otherwise(await known)
      const lock = acquireLock(file)
      if (lock !== null) return work(lock)
      const other = await this.#attach(place)
      if (other !== null) return otherwise(other)
      if (Date.now() > deadline) {
        throw new PandaError(
          'session/locked',
          `another process has ${name} open and does not answer`,
          'End that process, or wait until it is done.',
        )
      }
      await setTimeout(ASK_AGAIN_MS)
    }
  }
}
