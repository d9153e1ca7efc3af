import { PandaError, toWireError } from '../errors.ts'
import type { WireError } from '../errors.ts'
import type { Args, Call, CallHandlers, Feed, Feeds, Reply } from '../protocol/contract.ts'
import type { NoteSubject, RunEvent, RunState } from '../protocol/run.ts'
import type { Lock } from '../store/lock.ts'
import type { Place } from './ledger.ts'
import { InCare } from './in-care.ts'
import type { NamedFile } from './in-care.ts'
import { listenLocally } from './local-socket.ts'
import type { LocalClient, LocalServer } from './local-socket.ts'
import { diedEarly } from './worker-thread.ts'
import { startSession } from './own-session.ts'
import type { RunPlace } from './runs-folder.ts'
import type { Captured, SessionClient } from './session-api.ts'
import { isUnderWay } from './state.ts'

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never

/** The calls that go to whoever has the run in care. */
export type LiveCall = Extract<
  Call,
  | 'run:show'
  | 'run:train'
  | 'run:pause'
  | 'run:nudge'
  | 'run:plan-nudge'
  | 'run:drop-plan'
  | 'run:checkpoint'
  | 'run:preview-rollback'
  | 'run:rollback'
  | 'run:undo'
  | 'run:note'
  | 'run:verify'
>

/** The calls that are answered on a copy of a run's state, where its file is in care. */
export type ExamineCall = Extract<Call, 'run:evaluate' | 'run:predict' | 'run:export'>

/** Whoever has a run in care examines it: we, on a copy of its state, or another process. */
export type Examination =
  | { readonly by: 'us'; readonly capture: () => Promise<Captured> }
  | {
      readonly by: 'another'
      readonly ask: <C extends ExamineCall>(name: C, request: Tail<Args<C>>[0]) => Promise<Reply<C>>
    }

/** A run in care, by a worker of ours or by another process. */
export interface LiveRun {
  readonly examination: Examination
  call<C extends LiveCall>(name: C, ...args: Tail<Args<C>>): Promise<Reply<C>>
  isTraining(): boolean
  close(): Promise<void>
}

/** What each call is to the session. Complete by type. */
const SESSION_CALLS: {
  readonly [C in LiveCall]: (session: SessionClient, ...args: Tail<Args<C>>) => Promise<Reply<C>>
} = {
  'run:show': (session) => session.call('snapshot'),
  'run:train': (session, amount) => session.call('train', amount),
  'run:pause': (session) => session.call('pause'),
  'run:nudge': (session, changes, ramp) => session.call('nudge', changes, ramp),
  'run:plan-nudge': (session, changes, when, ramp) =>
    session.call('planNudge', changes, when, ramp),
  'run:drop-plan': (session, id) => session.call('dropPlan', id),
  'run:checkpoint': (session) => session.call('checkpoint'),
  'run:preview-rollback': (session, target) => session.call('previewRollback', target),
  'run:rollback': (session, target, options) => session.call('rollback', target, options),
  'run:undo': (session) => session.call('undo'),
  'run:note': (session, text, about) =>
    session.call('note', text, about as NoteSubject | undefined),
  'run:verify': (session, day) => session.call('verify', day),
}

export interface OpenRunsOptions {
  readonly migrationsDir: string
  readonly samplesDir: string
  readonly workerUrl: URL
  readonly handlers: () => CallHandlers
  readonly emit: <F extends Feed>(feed: F, payload: Feeds[F]) => void
}

const named = ({ file, run }: RunPlace): NamedFile => ({ file, name: run })

/** The runs in care that this host knows, each at most once. */
export class OpenRuns {
  readonly #options: OpenRunsOptions
  readonly #care: InCare<LiveRun>

  constructor(options: OpenRunsOptions) {
    this.#options = options
    this.#care = new InCare({
      reach: (place, client) => this.#reach(place, client),
      gone: () => options.emit('runs:changed', {}),
    })
  }

  isTraining(): boolean {
    return this.#care.own.some((run) => run.isTraining())
  }

  /** What ended the care of a resting run, if something did; null once it was opened again. */
  faultOf({ file }: RunPlace): WireError | null {
    return this.#care.faultOf(file)
  }

  /** The run, if anybody has it in care. Opens nothing. */
  attached(place: RunPlace): Promise<LiveRun | null> {
    return this.#care.attached(named(place))
  }

  /** Does `work` with whoever has the run in care; if nobody has, takes it. */
  async withLive<T>(place: RunPlace, work: (live: LiveRun) => Promise<T>): Promise<T> {
    const taken = () => this.#care.take(named(place), (lock) => this.#openOwn(place, lock))
    return work((await this.attached(place)) ?? (await taken()))
  }

  /**
   * Lets go of a run that is in care here but does not train. Throws `session/locked` where it trains, or
   * where another process has it.
   */
  async release(place: RunPlace): Promise<void> {
    const live = await this.attached(place)
    if (live === null) return
    if (live.examination.by === 'another') {
      throw new PandaError(
        'session/locked',
        `${place.run} is open in another process`,
        'End that process first.',
      )
    }
    if (live.isTraining()) {
      throw new PandaError('session/locked', `${place.run} is training`, 'Pause it first.')
    }
    await live.close()
  }

  /** Saves and lets go of every run; none is taken after this. */
  close(): Promise<void> {
    return this.#care.close()
  }

  /** A run that another process has in care. */
  #reach({ file, name: run }: NamedFile, client: LocalClient): LiveRun {
    client.on('run:event', (payload) => {
      if (payload.run !== file) return
      this.#options.emit('run:event', { run, event: payload.event })
    })
    return {
      examination: {
        by: 'another',
        ask: (name, request) =>
          client.call(name, ...([file, request] as unknown as Args<typeof name>)) as never,
      },
      call: (name, ...args) =>
        client.call(name, ...([file, ...args] as unknown as Args<typeof name>)) as never,
      isTraining: () => false, // another process trains it, and sees to its end
      close: async () => client.close(),
    }
  }

  async #openOwn(place: RunPlace, lock: Lock): Promise<LiveRun> {
    const { file, run } = place
    const { migrationsDir, samplesDir, workerUrl, emit, handlers } = this.#options
    let server: LocalServer | null = null
    let state: RunState = { kind: 'idle' }
    let at: Place = { branch: 'b1', step: 0 }
    let closing: Promise<void> | null = null
    let hasEnded = false
    const tell = (event: RunEvent): void => {
      at = { branch: event.branch, step: event.step }
      if (event.type === 'state') state = event.state
      if (state.kind === 'failed') this.#care.setFault(file, state.error)
      emit('run:event', { run, event })
      server?.broadcast('run:event', { run: file, event })
      // A failed session holds nothing that the file does not: it lets go, and whoever comes next opens anew.
      if (state.kind !== 'failed' || closing !== null || hasEnded) return
      this.#care.forget(file)
      void server?.close()
      live.close().catch(() => released)
    }
    const task = { task: 'session', run, file, migrationsDir, samplesDir } as const
    const started = await startSession(workerUrl, task, tell).catch((error: unknown) => {
      lock.release()
      throw error
    })
    const { session, ended } = started
    const released = ended.then(async (fault) => {
      hasEnded = true
      this.#care.forget(file, live)
      await server?.close()
      lock.release()
      if (fault === null && closing !== null) return
      const error = toWireError(diedEarly(fault))
      tell({ type: 'state', ...at, state: { kind: 'failed', error } })
    })
    const letGo = async () => {
      const closed = hasEnded ? Promise.resolve() : session.call('close')
      await Promise.allSettled([closed, released])
      await closed
    }
    const live: LiveRun = {
      examination: { by: 'us', capture: () => session.call('capture') },
      call: (name, ...args) =>
        (SESSION_CALLS[name] as (to: SessionClient, ...given: readonly unknown[]) => never)(
          session,
          ...args,
        ),
      isTraining: () => isUnderWay(state),
      close: () => (closing ??= this.#care.leave(file, letGo())),
    }
    try {
      server = await listenLocally(file, handlers())
    } catch (error) {
      await live.close()
      throw error
    }
    this.#care.keep(file, live)
    return live
  }
}
