import { existsSync, realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { PandaError, toWireError } from '../../errors.ts'
import type { Args, CallHandlers, Feed, Feeds } from '../../protocol/contract.ts'
import type { StudySnapshot, StudySummary } from '../../protocol/study.ts'
import type { ReadableDb } from '../../store/db.ts'
import { isLocked } from '../../store/lock.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun } from '../../store/run.ts'
import { checkedName, createFileCare } from '../file-care.ts'
import type { Trash } from '../file-care.ts'
import type { Jobs } from '../jobs.ts'
import { EXTENSION as RUN_EXTENSION } from '../runs-folder.ts'
import type { RunsFolder } from '../runs-folder.ts'
import { checkedStudy } from './create-study.ts'
import { configOfRun, searchOf, withBase } from './from-run.ts'
import { hasLetGo } from './live-calls.ts'
import type { Alteration, Tail } from './live-calls.ts'
import { OpenStudies } from './open-studies.ts'
import { createStudyQuestions } from './questions.ts'
import { EXTENSION, StudiesFolder } from './studies-folder.ts'
import type { StudyPlace } from './studies-folder.ts'
import { cancellable, withMoreTrials, withSpace } from './study-checks.ts'
import { summariseStudy } from './study-list.ts'
import { atRest, describeStudy } from './study-snapshot.ts'

interface StudiesParts {
  readonly runs: RunsFolder
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
  readonly workerUrl: URL
  readonly trialsMemoryBytes?: number | undefined
  readonly trash: Trash
  /** All of the host's, for other processes to call. */
  readonly handlers: () => CallHandlers
  readonly emit: <F extends Feed>(feed: F, payload: Feeds[F]) => void
}

type StudyCall = Extract<keyof CallHandlers, `study:${string}` | 'studies:list' | 'search:advise'>

export interface Studies {
  readonly handlers: Pick<CallHandlers, StudyCall>
  /** Does a study run here? */
  isRunning(): boolean
  /** Does a study name this folder in its data? One that can't be read may do so. */
  needs(dir: string): boolean
  /** Pauses and saves those that run here. */
  close(): Promise<void>
}

/** Answers every call about studies. */
export function createStudies(parts: StudiesParts): Studies {
  const { runs, jobs, folders, workerUrl, trialsMemoryBytes, trash, handlers, emit } = parts
  const { migrationsDir } = folders
  const folder = new StudiesFolder(runs.folder)
  const open = new OpenStudies({ ...folders, workerUrl, trialsMemoryBytes, handlers, emit })
  const files = createFileCare({
    kind: 'study',
    migrationsDir,
    trash,
    release: ({ file, name }) => open.release({ file, study: name }),
  })
  const changed = () => emit('studies:changed', {})
  const unwatch = folder.watch(() => {
    changed()
    lookAround().catch((error: unknown) => {
      console.error(`panda: who searches in ${folder.folder} cannot be told: ${String(error)}`)
    })
  })
  const lookAround = async () => {
    if (!existsSync(folder.folder)) return // taken away: whoever lists what is in it hears so
    await Promise.all(folder.list().map((place) => open.look(place)))
  }

  /** Reads a study's file on a connection of its own, closed before this returns. */
  function reading<T>({ file }: StudyPlace, query: (db: ReadableDb) => T): T {
    const db = openForReading(file, { migrationsDir, kind: 'study' })
    try {
      return query(db)
    } finally {
      closeRun(db)
    }
  }

  /** Has anybody the study in care now, even if it is just being taken and does not answer yet? */
  const isHeld = async (place: StudyPlace): Promise<boolean> =>
    (await open.attached(place)) !== null || isLocked(place.file)

  async function resting(place: StudyPlace): Promise<StudySnapshot> {
    const isInCare = await isHeld(place)
    const snapshot = reading(place, (db) => describeStudy(db, place.study))
    return { ...(isInCare ? snapshot : atRest(snapshot)), failure: open.faultOf(place) }
  }

  async function show(reference: string): Promise<StudySnapshot> {
    const place = folder.find(reference)
    const live = await open.attached(place)
    if (live === null) return resting(place)
    try {
      return { ...(await live.call('study:show')), ...place }
    } catch (error) {
      if (!hasLetGo(error)) throw error
      return resting(place)
    }
  }

  async function summaryOf(place: StudyPlace): Promise<StudySummary> {
    try {
      const isInCare = await isHeld(place)
      const failure = open.faultOf(place)
      return reading(place, (db) => summariseStudy(db, place, { isInCare, failure }))
    } catch (error) {
      return { ...place, ok: false, error: toWireError(error) }
    }
  }

  /** What can be refused of a resting study is refused before it is opened: not a byte of its file changes. */
  async function alter<C extends Alteration>(
    reference: string,
    check: (resting: StudySnapshot) => void,
    name: C,
    ...args: Tail<Args<C>>
  ): Promise<null> {
    const place = folder.find(reference)
    const refuse = () => check(atRest(reading(place, (db) => describeStudy(db, place.study))))
    await open.alter(place, refuse, name, ...args)
    return null
  }

  return {
    isRunning: () => open.isRunning(),
    needs: (dir) =>
      folder.list().some((place) => {
        try {
          const { config } = reading(place, readRun)
          return JSON.stringify(config.data).includes(JSON.stringify(dir).slice(1, -1))
        } catch {
          return true // one that can't be read may need it: nothing is removed on a guess
        }
      }),
    async close() {
      unwatch()
      await open.close()
    },
    handlers: {
      ...createStudyQuestions({ folder, runs, jobs, folders }),
      'studies:list': () => Promise.all(folder.list().map(summaryOf)),
      async 'study:create'({ config: given, name, base, run }) {
        const runFile = run === undefined ? null : runs.find(run).file
        const config = runFile === null ? given : withBase(given, configOfRun(runFile, folders))
        const checked = checkedStudy(config).config
        const usual = runFile === null ? 'search' : searchOf(path.basename(runFile, RUN_EXTENSION))
        const study = checkedName(name ?? checked.name ?? usual, EXTENSION)
        const file = folder.fileOf(study)
        if (existsSync(file)) throw taken(study) // before any data are read
        const at = { file, name: study, base: path.resolve(base ?? '.') }
        const { trials } = await jobs.run<'study:create'>({
          task: 'study:create',
          ...at,
          config,
          runFile,
          ...folders,
        })
        changed()
        return { study, file: realpathSync(file), trials }
      },
      'study:show': show,
      async 'study:resume'(reference, how) {
        const place = folder.find(reference)
        const usual = () =>
          reading(place, (db) => describeStudy(db, place.study)).config.parallel ??
          availableParallelism()
        await open.resume(place, how?.parallel, usual)
        return null
      },
      async 'study:pause'(reference) {
        await open.pause(folder.find(reference))
        return null
      },
      'study:cancel': (reference, trial) =>
        alter(reference, ({ trials }) => void cancellable(trials, trial), 'study:cancel', trial),
      'study:add-trials': (reference, count) =>
        alter(
          reference,
          (resting) => void withMoreTrials(resting, count),
          'study:add-trials',
          count,
        ),
      'study:change-space': (reference, space) =>
        alter(reference, (resting) => void withSpace(resting, space), 'study:change-space', space),
      async 'study:adopt'(reference, request) {
        const { study, file: studyFile } = folder.find(reference)
        const trial = request.trial === 'best' ? bestOf(await show(studyFile)) : request.trial
        const own = `${path.basename(studyFile, EXTENSION)} ${trial}`
        const run = checkedName(request.name ?? own, RUN_EXTENSION)
        const file = runs.fileOf(run)
        const task = { task: 'study:adopt', study, studyFile, trial, file, name: run } as const
        const fromScratch = request.from_scratch ?? false
        const adopted = await jobs.run<'study:adopt'>({ ...task, fromScratch, ...folders })
        emit('runs:changed', {})
        return { run, file: realpathSync(file), ...adopted }
      },
      async 'study:rename'(reference, given) {
        const place = folder.find(reference)
        const study = checkedName(given, EXTENSION)
        const file = folder.fileOf(study)
        if (file === place.file) return { study, file }
        await files.rename({ file: place.file, name: place.study }, { file, name: study })
        changed()
        return { study, file }
      },
      async 'study:delete'(reference) {
        const place = folder.find(reference)
        await files.discard({ file: place.file, name: place.study })
        changed()
        return place
      },
    },
  }
}

const taken = (study: string) =>
  new PandaError(
    'store/exists',
    `there is a study "${study}" already`,
    'Go on with that one, or choose another name.',
  )

function bestOf({ best, study, state }: StudySnapshot): number {
  if (best !== null) return best
  const [what, remedy] =
    state === 'done'
      ? [`no trial of ${study} could be measured`, 'Name a trial, or search elsewhere.']
      : [`no trial of ${study} has been measured yet`, 'Name a trial, or wait for one to end.']
  throw new PandaError('session/not-possible-now', what, remedy)
}
