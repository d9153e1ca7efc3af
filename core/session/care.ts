import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { PandaError, settle, toWireError } from '../errors.ts'
import type { CallHandlers, PlaceReply } from '../protocol/contract.ts'
import { acquireLock } from '../store/lock.ts'
import { closeRun, openForWriting } from '../store/open.ts'
import type { Jobs } from './jobs.ts'
import type { OpenRuns } from './open-runs.ts'
import type { RunPlace, RunsFolder } from './runs-folder.ts'

/** Moves a file to where a person can have it back from. Rejects where the system has no such place. */
export type Trash = (file: string) => Promise<void>

interface CareParts {
  readonly runs: RunsFolder
  readonly open: OpenRuns
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
  readonly trash: Trash
  readonly checkedName: (name: string) => string
  readonly show: CallHandlers['run:show']
  readonly changed: () => void
}

type CareCall = 'run:rename' | 'run:delete' | 'run:duplicate' | 'run:reopen'

/** What is done with a run as a whole: its name, its copy, its end. */
export function createCare(parts: CareParts): Pick<CallHandlers, CareCall> {
  const { runs, open, jobs, folders, trash, checkedName, show, changed } = parts

  /** Does `work` while nobody, here or elsewhere, has the run in care. */
  async function alone<T>(place: RunPlace, work: () => T | Promise<T>): Promise<T> {
    await open.release(place)
    const lock = acquireLock(place.file)
    if (lock === null) throw inUse(place)
    try {
      return await work()
    } finally {
      lock.release()
    }
  }

  /** What a crash left in the -wal belongs to the file, and would stay behind. */
  function foldWal({ file }: RunPlace): void {
    if (existsSync(`${file}-wal`)) closeRun(openForWriting(file, folders))
  }

  return {
    async 'run:rename'(reference, given) {
      const place = runs.find(reference)
      const run = checkedName(given)
      const file = runs.fileOf(run)
      if (file === place.file) return { run, file }
      if (existsSync(file)) throw taken(run)
      await alone(place, () => {
        foldWal(place)
        if (existsSync(file)) throw taken(run)
        renameSync(place.file, file)
      })
      changed()
      return { run, file }
    },

    async 'run:delete'(reference) {
      const place = runs.find(reference)
      await alone(place, async () => {
        // A file that can't be opened is thrown away in the pieces it is in.
        await settle(() => foldWal(place))
        try {
          for (const rest of ['', '-wal', '-journal']) {
            if (existsSync(place.file + rest)) await trash(place.file + rest)
          }
          rmSync(`${place.file}-shm`, { force: true }) // an index of the -wal, made anew where it is missing
        } catch (error) {
          throw new PandaError(
            'session/no-trash',
            `${place.run} could not be moved to the trash: ${toWireError(error).message}`,
            `It is still there. To delete it for good, delete ${place.file} yourself.`,
            error,
          )
        }
      })
      changed()
      return place
    },

    async 'run:duplicate'(reference, { name, target }): Promise<PlaceReply> {
      const place = runs.find(reference)
      const run = checkedName(name)
      const copy = runs.fileOf(run)
      if (existsSync(copy)) throw taken(run)
      const live = await open.attached(place)
      // What a run in care has learnt since its newest checkpoint is nowhere but in memory.
      const saved = target === undefined && live !== null ? await live.call('run:checkpoint') : null
      await jobs.run<'run:duplicate'>({
        task: 'run:duplicate',
        run: place.run,
        file: place.file,
        copy,
        target: target ?? saved?.checkpoint ?? null,
        ...folders,
      })
      changed()
      return { run, file: realpathSync(copy) }
    },

    async 'run:reopen'(reference) {
      const place = runs.find(reference)
      const hasFailed = open.faultOf(place) !== null
      const { branch, step } = hasFailed
        ? await open.withLive(place, (live) => live.call('run:show'))
        : await show(reference)
      if (hasFailed) changed() // it was listed so
      return { branch, step }
    },
  }
}

const taken = (run: string) =>
  new PandaError('store/exists', `there is a run "${run}" already`, 'Choose another name.')

const inUse = ({ run }: RunPlace) =>
  new PandaError(
    'session/locked',
    `${run} is in use by another process`,
    'Pause it there and end that process first.',
  )
