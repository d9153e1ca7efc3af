import { existsSync, realpathSync } from 'node:fs'
import type { CallHandlers, PlaceReply } from '../protocol/contract.ts'
import { checkedName, createFileCare, taken } from './file-care.ts'
import type { Trash } from './file-care.ts'
import type { NamedFile } from './in-care.ts'
import type { Jobs } from './jobs.ts'
import type { OpenRuns } from './open-runs.ts'
import { EXTENSION } from './runs-folder.ts'
import type { RunPlace, RunsFolder } from './runs-folder.ts'

interface CareParts {
  readonly runs: RunsFolder
  readonly open: OpenRuns
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
  readonly trash: Trash
  readonly show: CallHandlers['run:show']
  readonly changed: () => void
}

type CareCall = 'run:rename' | 'run:delete' | 'run:duplicate' | 'run:reopen'

const named = ({ file, run }: RunPlace): NamedFile => ({ file, name: run })

/** What is done with a run as a whole: its name, its copy, its end. */
export function createCare(parts: CareParts): Pick<CallHandlers, CareCall> {
  const { runs, open, jobs, folders, trash, show, changed } = parts
  const files = createFileCare({
    kind: 'run',
    migrationsDir: folders.migrationsDir,
    trash,
    release: ({ file, name }) => open.release({ file, run: name }),
  })

  return {
    async 'run:rename'(reference, given) {
      const place = runs.find(reference)
      const run = checkedName(given, EXTENSION)
      const file = runs.fileOf(run)
      if (file === place.file) return { run, file }
      await files.rename(named(place), { file, name: run })
      changed()
      return { run, file }
    },

    async 'run:delete'(reference) {
      const place = runs.find(reference)
      await files.discard(named(place))
      changed()
      return place
    },

    async 'run:duplicate'(reference, { name, target }): Promise<PlaceReply> {
      const place = runs.find(reference)
      const run = checkedName(name, EXTENSION)
      const copy = runs.fileOf(run)
      if (existsSync(copy)) throw taken('run', run)
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
