import { realpathSync } from 'node:fs'
import path from 'node:path'
import { toWireError } from '../errors.ts'
import { runConfig } from '../protocol/config.ts'
import type { CallHandlers, Feed, Feeds } from '../protocol/contract.ts'
import type { RunSnapshot, RunSummary, SeriesQuery } from '../protocol/run.ts'
import type { ReadableDb } from '../store/db.ts'
import { closeRun, openForReading } from '../store/open.ts'
import { listCheckpoints } from '../store/checkpoints.ts'
import { listDays } from '../store/days.ts'
import { listJournal } from '../store/journal.ts'
import { readRun } from '../store/run.ts'
import { nudgeToUndo, previewRollback, resolveTarget } from './history.ts'
import { createCare } from './care.ts'
import { checkedName } from './file-care.ts'
import type { Trash } from './file-care.ts'
import { createExaminations, refuseBadConfig } from './examinations.ts'
import { createPreferences } from './preferences.ts'
import { inForce } from './knobs.ts'
import { checkedNote } from './noting.ts'
import { refuseNudge } from './nudging.ts'
import { assertMeasured, planToDrop } from './planning.ts'
import { Jobs } from './jobs.ts'
import { OpenRuns } from './open-runs.ts'
import type { LiveRun } from './open-runs.ts'
import { EXTENSION, RunsFolder } from './runs-folder.ts'
import type { RunPlace } from './runs-folder.ts'
import { querySeries } from './series-query.ts'
import { describeResting } from './snapshot.ts'
import { createStudies } from './study/studies.ts'
import { summarise } from './summary.ts'
import { createUploads, removeOldUploads } from './uploads.ts'
import type { Uploads } from './uploads.ts'

export interface HostOptions {
  /** Where runs live; made if it is not there. */
  readonly dataDir: string
  readonly samplesDir: string
  readonly migrationsDir: string
  /** Entry of the session's worker thread. */
  readonly workerUrl: URL
  /** How this system throws a file away so that it can be had back; absent: it has no such way. */
  readonly trash?: Trash
  /** What all trials of a study together may take, in bytes; absent: a share of what is free. */
  readonly trialsMemoryBytes?: number
  /** Panda's own version. */
  readonly version?: string
}

export interface Host {
  readonly handlers: CallHandlers
  on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void): () => void
  /** Pauses and saves every run that trains and every study that is searched, then lets go. */
  close(): Promise<void>
  /** Does a run or a study of this host train now? */
  isTraining(): boolean
  /** Files that a window sends, to be named in a config. */
  readonly uploads: Uploads
}

/** Opens run files, owns their sessions, answers queries. The shells are windows onto it. */
export function createHost(options: HostOptions): Host {
  const { migrationsDir, samplesDir, workerUrl } = options
  const runs = new RunsFolder(options.dataDir)
  const listeners = new Map<Feed, Set<(payload: never) => void>>()
  const emit = <F extends Feed>(feed: F, payload: Feeds[F]): void => {
    for (const listener of listeners.get(feed) ?? []) listener(payload as never)
  }
  const open = new OpenRuns({
    migrationsDir,
    samplesDir,
    workerUrl,
    emit,
    handlers: () => handlers,
  })
  const folders = { migrationsDir, samplesDir }
  const jobs = new Jobs(workerUrl, (progress) => emit('preflight:progress', progress))
  const examinations = createExaminations({ runs, open, jobs, folders })
  const preferences = createPreferences({
    dataDir: runs.folder,
    version: options.version ?? 'development',
    changed: (reply) => emit('settings:changed', reply),
  })
  const trash = options.trash ?? (() => Promise.reject(new Error('this system has no trash')))
  const studies = createStudies({
    runs,
    jobs,
    folders,
    workerUrl,
    trialsMemoryBytes: options.trialsMemoryBytes,
    trash,
    handlers: () => handlers,
    emit,
  })
  const care = createCare({
    runs,
    open,
    jobs,
    folders,
    trash,
    show: (run) => handlers['run:show'](run),
    changed: () => emit('runs:changed', {}),
  })
  const unwatch = runs.watch(() => emit('runs:changed', {}))

  /** Reads a run's file on a connection of its own, closed before this returns. */
  function reading<T>({ file }: RunPlace, query: (db: ReadableDb) => T): T {
    const db = openForReading(file, { migrationsDir })
    try {
      return query(db)
    } finally {
      closeRun(db)
    }
  }

  /**
   * Hands a change to whoever has the run in care. On a resting run what can be refused is refused before
   * the run is taken, so that a refusal leaves not a byte of its file changed.
   */
  async function change<T>(
    reference: string,
    check: (db: ReadableDb, resting: RunSnapshot) => void,
    work: (live: LiveRun) => Promise<T>,
  ): Promise<T> {
    const place = runs.find(reference)
    if ((await open.attached(place)) === null) {
      reading(place, (db) => check(db, describeResting(db, place.run, place.file)))
    }
    return open.withLive(place, work)
  }

  /** A run that nobody has open, and why not, if it was a fault. */
  function resting(db: ReadableDb, place: RunPlace): RunSnapshot {
    const error = open.faultOf(place)
    const snapshot = describeResting(db, place.run, place.file)
    return error === null ? snapshot : { ...snapshot, state: { kind: 'failed', error } }
  }

  async function create(request: { config: unknown; name?: string; base?: string }) {
    refuseBadConfig(request.config)
    const name = checkedName(
      request.name ?? runConfig.parse(request.config).name ?? 'panda',
      EXTENSION,
    )
    const file = runs.fileOf(name)
    const size = await jobs.run<'create'>({
      task: 'create',
      file,
      name,
      base: path.resolve(request.base ?? '.'),
      config: preferences.filledIn(request.config),
      ...folders,
    })
    emit('runs:changed', {})
    return { run: name, file: realpathSync(file), ...size }
  }

  async function summaryOf(place: RunPlace): Promise<RunSummary> {
    try {
      const live = await open.attached(place)
      if (live === null) return reading(place, (db) => summarise(db, place, resting(db, place)))
      const snapshot = await live.call('run:show')
      return reading(place, (db) => summarise(db, place, snapshot))
    } catch (error) {
      return { ...place, ok: false, error: toWireError(error) }
    }
  }

  const handlers: CallHandlers = {
    'runs:list': () => Promise.all(runs.list().map(summaryOf)),
    'runs:create': (request) => create(request as Parameters<typeof create>[0]),
    'run:show': async (reference) => {
      const place = runs.find(reference)
      const live = await open.attached(place)
      if (live !== null) return live.call('run:show')
      return reading(place, (db) => resting(db, place))
    },
    'run:train': (run, amount) =>
      open.withLive(runs.find(run), (live) => live.call('run:train', amount)),
    'run:pause': async (run) => {
      const place = runs.find(run)
      const live = await open.attached(place)
      if (live !== null) return live.call('run:pause')
      const { branch, step } = reading(place, (db) => describeResting(db, place.run, place.file))
      return { branch, step }
    },
    'run:nudge': (run, changes, ramp) =>
      change(
        run,
        (_, resting) => refuseNudge(changes, resting),
        (live) => live.call('run:nudge', changes, ramp),
      ),
    'run:plan-nudge': (run, changes, when, ramp) =>
      change(
        run,
        (_, resting) => {
          assertMeasured(resting.facts.devExamples)
          refuseNudge(changes, resting)
        },
        (live) => live.call('run:plan-nudge', changes, when, ramp),
      ),
    'run:drop-plan': (run, id) =>
      change(
        run,
        (db, { branch }) => void planToDrop(db, branch, id),
        (live) => live.call('run:drop-plan', id),
      ),
    'run:checkpoint': (run) => open.withLive(runs.find(run), (live) => live.call('run:checkpoint')),
    'run:preview-rollback': async (run, target) => {
      const place = runs.find(run)
      const live = await open.attached(place)
      if (live !== null) return live.call('run:preview-rollback', target)
      return reading(place, (db) => {
        const { branch, step, readings } = describeResting(db, place.run, place.file)
        return previewRollback(db, { branch, step, knobs: inForce(readings) }, target)
      })
    },
    'run:rollback': (run, target, how) =>
      change(
        run,
        (db, { branch }) => void resolveTarget(db, branch, target),
        (live) => live.call('run:rollback', target, how),
      ),
    'run:undo': (run) =>
      change(
        run,
        (db, { branch }) => void nudgeToUndo(db, branch),
        (live) => live.call('run:undo'),
      ),
    'run:note': (run, text, about) =>
      change(
        run,
        (db, resting) => void checkedNote(db, resting, text, about),
        (live) => live.call('run:note', text, about),
      ),
    'run:verify': (run, day) =>
      open.withLive(runs.find(run), (live) => live.call('run:verify', day)),
    'run:days': (run) => reading(runs.find(run), listDays),
    'run:checkpoints': (run) => reading(runs.find(run), listCheckpoints),
    'run:journal': (run) => reading(runs.find(run), listJournal),
    'run:series': (run, query) =>
      reading(runs.find(run), (db) => querySeries(db, query as SeriesQuery)),
    ...examinations,
    ...care,
    ...preferences.handlers,
    ...studies.handlers,
    'run:inputs': (run) => {
      const { file } = runs.find(run)
      return jobs.run<'run:inputs'>({ task: 'run:inputs', file, ...folders })
    },
    'data:describe': (request) =>
      jobs.run<'data:describe'>({
        task: 'data:describe',
        request: { ...request, base: path.resolve(request.base ?? '.') },
        ...folders,
      }),
  }

  const uploadsDir = path.join(runs.folder, 'uploads')
  const isNeeded = (dir: string): boolean =>
    studies.needs(dir) ||
    runs.list().some((place) => {
      try {
        const { config } = reading(place, readRun)
        return JSON.stringify(config.data).includes(JSON.stringify(dir).slice(1, -1))
      } catch {
        return true // a run that can't be read may need it: nothing is removed on a guess
      }
    })
  void removeOldUploads(uploadsDir, isNeeded, Date.now()).catch((error: unknown) => {
    console.error(`panda: old uploads in ${uploadsDir} could not be removed: ${String(error)}`)
  })

  return {
    handlers,
    uploads: createUploads(uploadsDir),
    on(feed, listener) {
      const set = listeners.get(feed) ?? new Set()
      listeners.set(feed, set.add(listener))
      return () => void set.delete(listener)
    },
    isTraining: () => open.isTraining() || studies.isRunning(),
    async close() {
      unwatch()
      await Promise.all([open.close(), studies.close(), jobs.close()])
    },
  }
}
