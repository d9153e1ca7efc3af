import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { PandaError } from '../../errors.ts'
import type { WireError } from '../../errors.ts'
import type { Args, CallHandlers, Feed, Feeds } from '../../protocol/contract.ts'
import type { StudyEvent } from '../../protocol/study.ts'
import type { Lock } from '../../store/lock.ts'
import { InCare } from '../in-care.ts'
import type { NamedFile } from '../in-care.ts'
import { listenLocally } from '../local-socket.ts'
import type { LocalClient, LocalServer } from '../local-socket.ts'
import { ask, hasLetGo } from './live-calls.ts'
import type { Alteration, LiveStudy, Tail } from './live-calls.ts'
import { startStudy } from './own-study.ts'
import type { OwnStudy } from './own-study.ts'
import { takeStudy } from './take-study.ts'
import { freeForTrials } from './trial-memory.ts'
import type { StudyPlace } from './studies-folder.ts'

export interface OpenStudiesOptions {
  readonly migrationsDir: string
  readonly samplesDir: string
  readonly workerUrl: URL
  /** What all trials of a study together may take, in bytes; absent: a share of what is free. */
  readonly trialsMemoryBytes?: number | undefined
  readonly handlers: () => CallHandlers
  readonly emit: <F extends Feed>(feed: F, payload: Feeds[F]) => void
}

/** A process that lets go of a study is out of the way after so long. */
const LET_GO_WITHIN_MS = 3_000
/** From taking the lock until it answers a process may need so long. */
const LOOK_FOR_MS = 10_000
const LOOK_AGAIN_MS = 200

const named = ({ file, study }: StudyPlace): NamedFile => ({ file, name: study })

/**
 * The studies in care that this host knows, each at most once. A study is in care exactly while it runs, and
 * for the moment in which a resting one is changed: else its file is closed, and can be copied or mailed.
 */
export class OpenStudies {
  readonly #options: OpenStudiesOptions
  readonly #care: InCare<LiveStudy>
  readonly #running = new Set<LiveStudy>()
  /** By file: what is asked of a study is done in the order asked. */
  readonly #turns = new Map<string, Promise<unknown>>()

  readonly #looking = new Set<string>()
  readonly #farewells = new Set<Promise<void>>()

  constructor(options: OpenStudiesOptions) {
    this.#options = options
    this.#care = new InCare({
      reach: (place, client) => this.#reach(place, client),
      gone: () => options.emit('studies:changed', {}),
    })
  }

  /** Does a study run here? */
  isRunning(): boolean {
    return this.#running.size > 0
  }

  /** What ended the care of a resting study, if something did; null once it was taken up again. */
  faultOf({ file }: StudyPlace): WireError | null {
    return this.#care.faultOf(file)
  }

  /** The study, if anybody has it in care. Opens nothing. */
  attached(place: StudyPlace): Promise<LiveStudy | null> {
    return this.#care.attached(named(place))
  }

  /** Runs it where it runs already, else here: on so many places, or as many as its config wants. */
  resume(place: StudyPlace, wanted: number | undefined, usual: () => number): Promise<void> {
    const how = wanted === undefined ? undefined : { parallel: wanted }
    const taken = () =>
      this.#care.take(named(place), (lock) => this.#take(place, lock, wanted ?? usual()))
    return this.#inTurn(place, async () => {
      const deadline = Date.now() + LET_GO_WITHIN_MS
      for (;;) {
        const live = (await this.attached(place)) ?? (await taken())
        try {
          return void (await live.call('study:resume', how))
        } catch (error) {
          if (live.isOurs || !hasLetGo(error) || Date.now() > deadline) throw error
        }
      }
    })
  }

  /** Pauses it wherever it runs; nothing where it rests. */
  pause(place: StudyPlace): Promise<void> {
    return this.#inTurn(place, async () => {
      try {
        await (await this.attached(place))?.call('study:pause')
      } catch (error) {
        if (!hasLetGo(error)) throw error // it stands still by now
      }
    })
  }

  /** Asks whoever has it in care; where nobody has, opens it for the moment, unless `refuse` throws. */
  alter<C extends Alteration>(
    place: StudyPlace,
    refuse: () => void,
    name: C,
    ...args: Tail<Args<C>>
  ): Promise<void> {
    return this.#inTurn(place, async () => {
      const ask = async (live: Pick<LiveStudy, 'call'>) => void (await live.call(name, ...args))
      const deadline = Date.now() + LET_GO_WITHIN_MS
      for (;;) {
        try {
          const live = await this.attached(place)
          if (live !== null) return await ask(live)
          refuse()
          const briefly = (lock: Lock) => this.#briefly(place, lock, ask)
          return await this.#care.alone(named(place), briefly, ask)
        } catch (error) {
          // It let go before it heard. Not where a connection was lost: it may have heard that.
          const isUnheard = error instanceof PandaError && error.code === 'session/closed'
          if (!isUnheard || this.#care.isClosed || Date.now() > deadline) throw error
        }
      }
    })
  }

  /** Finds out whether another process has taken the study, which may take it a moment until it answers. */
  async look({ file, study }: StudyPlace): Promise<void> {
    if (this.#looking.has(file)) return
    this.#looking.add(file)
    try {
      const deadline = Date.now() + LOOK_FOR_MS
      while (existsSync(`${file}-lock`) && Date.now() < deadline && !this.#care.isClosed) {
        if ((await this.attached({ file, study })) !== null) return
        await setTimeout(LOOK_AGAIN_MS, undefined, { ref: false })
      }
    } finally {
      this.#looking.delete(file)
    }
  }

  /** Throws `session/locked` where anybody runs it. */
  async release(place: StudyPlace): Promise<void> {
    if ((await this.attached(place)) === null) return
    throw new PandaError('session/locked', `${place.study} is searched now`, 'Pause it first.')
  }

  /** Pauses, saves and lets go of every study; none is taken after this. */
  async close(): Promise<void> {
    await this.#care.close()
    await Promise.all(this.#farewells)
  }

  #inTurn<T>(place: StudyPlace, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(place.file) ?? Promise.resolve()).then(work)
    const over = turn.then(
      () => {},
      () => {}, // told to whoever asked
    )
    this.#turns.set(place.file, over)
    void over.then(() => this.#turns.get(place.file) === over && this.#turns.delete(place.file))
    return turn
  }

  /** A study that another process has in care. */
  #reach({ file, name: study }: NamedFile, client: LocalClient): LiveStudy {
    const { emit } = this.#options
    let stands = false
    const say = (event: StudyEvent) => {
      emit('study:event', { study, event })
      if (event.type === 'study-state') emit('studies:changed', {})
    }
    client.on('study:event', (payload) => {
      if (payload.study !== file) return
      const { event } = payload
      if (event.type === 'study-failed') this.#care.setFault(file, event.error)
      // It lets go of a study that stands still: who asks next finds the file free.
      if (event.type === 'study-state') stands = event.state !== 'running'
      if (stands) this.#care.forget(file)
      say(event)
    })
    queueMicrotask(() => say({ type: 'study-state', state: 'running' })) // or nobody would answer
    // A process that was killed could not say so.
    void client.gone.then(() => {
      if (!stands) say({ type: 'study-state', state: 'paused' })
    })
    return {
      isOurs: false,
      call: (name, ...args) =>
        client.call(name, ...([file, ...args] as unknown as Args<typeof name>)) as never,
      close: async () => {
        stands = true // for us
        client.close()
      },
    }
  }

  /** Opens a study of our own on so many places. The lock is released when its thread has ended. */
  #start(
    { study, file }: StudyPlace,
    parallel: number,
    tell: (event: StudyEvent) => void,
  ): Promise<OwnStudy> {
    const { workerUrl, migrationsDir, samplesDir, trialsMemoryBytes } = this.#options
    const memoryBytes = trialsMemoryBytes ?? freeForTrials()
    const places = { workerUrl, migrationsDir, samplesDir }
    return startStudy({ study, file, parallel, memoryBytes, ...places }, tell)
  }

  /** Nothing runs and nobody listens: what is said is told, and the file is closed again at once. */
  async #briefly(
    place: StudyPlace,
    lock: Lock,
    work: (live: Pick<LiveStudy, 'call'>) => Promise<void>,
  ): Promise<void> {
    const { emit } = this.#options
    try {
      const { client, ended } = await this.#start(place, 1, (event) =>
        emit('study:event', { study: place.study, event }),
      )
      try {
        await work({ call: (name, ...args) => ask(client, name, args) as never })
      } finally {
        await client.call('close')
        await ended
      }
    } finally {
      lock.release()
    }
    emit('studies:changed', {})
  }

  #take(place: StudyPlace, lock: Lock, parallel: number): Promise<LiveStudy> {
    const { emit, handlers } = this.#options
    return takeStudy({
      place,
      lock,
      parallel,
      care: this.#care,
      start: (tell) => this.#start(place, parallel, tell),
      listen: () => listenLocally(place.file, handlers()),
      emit,
      isRunning: (live, runs) => void (runs ? this.#running.add(live) : this.#running.delete(live)),
      seeOff: (server) => this.#seeOff(place.file, server),
    })
  }

  /** Whoever asked for something still hears what came of it. */
  #seeOff(file: string, server: LocalServer | null): void {
    const seen = Promise.resolve(this.#turns.get(file)).then(() => server?.close())
    this.#farewells.add(seen)
    void seen.finally(() => this.#farewells.delete(seen))
  }
}
