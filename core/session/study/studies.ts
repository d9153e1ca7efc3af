import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { PandaError } from '../../errors.ts'
import { runName } from '../../protocol/config.ts'
import type { StudyEvent, StudySnapshot } from '../../protocol/study.ts'
import { acquireLock } from '../../store/lock.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { Jobs } from '../jobs.ts'
import { RunsFolder } from '../runs-folder.ts'
import type { AdoptedTrial } from './adopt.ts'
import { checkedStudy } from './create-study.ts'
import { startStudy } from './own-study.ts'
import type { StudyClient } from './study-api.ts'
import { StudiesFolder } from './studies-folder.ts'
import { describeStudy } from './study-snapshot.ts'

export interface StudiesOptions {
  /** Where studies live, beside the runs; made if it is not there. */
  readonly dataDir: string
  readonly samplesDir: string
  readonly migrationsDir: string
  readonly workerUrl: URL
}

export interface OpenOptions {
  /** Trials at once; else the config's, else one for each core. */
  readonly parallel?: number | undefined
  /** What all trials together may take; else a share of what is free. */
  readonly memoryBytes?: number | undefined
  readonly onEvent: (event: StudyEvent) => void
}

/** A study in care, by a worker of ours. */
export interface LiveStudy extends Pick<StudyClient, 'call'> {
  readonly study: string
  /** Pauses, saves and lets go. */
  close(): Promise<void>
}

export interface Studies {
  create(request: {
    readonly config: unknown
    readonly name?: string | undefined
    readonly base: string
  }): Promise<{ study: string; file: string; trials: number }>
  /** A study as its file has it now. */
  show(reference: string): StudySnapshot
  open(reference: string, options: OpenOptions): Promise<LiveStudy>
  adopt(
    reference: string,
    trial: number | 'best',
    options: { readonly name?: string | undefined; readonly fromScratch: boolean },
  ): Promise<{ run: string; file: string } & AdoptedTrial>
  close(): Promise<void>
}

/** Of the memory that is free, what trials may take: the rest is for the window and for other programs. */
const MEMORY_SHARE = 0.6

/** Makes, runs and reads studies, and makes runs of their trials. */
export function createStudies(options: StudiesOptions): Studies {
  const { samplesDir, migrationsDir, workerUrl } = options
  const folder = new StudiesFolder(options.dataDir)
  const runs = new RunsFolder(options.dataDir)
  const folders = { samplesDir, migrationsDir }
  const jobs = new Jobs(workerUrl, () => {})
  const live = new Set<LiveStudy>()

  function show(reference: string): StudySnapshot {
    const { study, file } = folder.find(reference)
    const db = openForReading(file, { migrationsDir, kind: 'study' })
    try {
      return describeStudy(db, study)
    } finally {
      closeRun(db)
    }
  }

  return {
    show,
    async create({ config, name, base }) {
      const checked = checkedStudy(config).config
      const study = checkedName(name ?? checked.name ?? 'search')
      const file = folder.fileOf(study)
      const task = { task: 'study:create', file, name: study, base: path.resolve(base) } as const
      const { trials } = await jobs.run<'study:create'>({ ...task, config, ...folders })
      return { study, file: realpathSync(file), trials }
    },
    async open(reference, { parallel, memoryBytes, onEvent }) {
      const { study, file } = folder.find(reference)
      const asked = parallel ?? show(reference).config.parallel ?? availableParallelism()
      const lock = acquireLock(file)
      if (lock === null) {
        const remedy = `Watch it: panda trials ${study}.`
        throw new PandaError('session/locked', `${study} is searched already`, remedy)
      }
      try {
        const own = await startStudy(
          {
            workerUrl,
            study,
            file,
            parallel: asked,
            memoryBytes: memoryBytes ?? MEMORY_SHARE * process.availableMemory(),
            ...folders,
          },
          onEvent,
        )
        void own.ended.then(() => lock.release())
        const handle: LiveStudy = {
          study,
          call: own.client.call,
          async close() {
            live.delete(handle)
            await own.client.call('close')
            await own.ended
          },
        }
        live.add(handle)
        return handle
      } catch (error) {
        lock.release()
        throw error
      }
    },
    async adopt(reference, wanted, { name, fromScratch }) {
      const { study, file: studyFile } = folder.find(reference)
      const trial = wanted === 'best' ? bestTrial(show(reference)) : wanted
      const run = checkedName(name ?? `${study} ${trial}`)
      const file = runs.fileOf(run)
      const task = { task: 'study:adopt', study, studyFile, trial, file, name: run } as const
      const adopted = await jobs.run<'study:adopt'>({ ...task, fromScratch, ...folders })
      return { run, file: realpathSync(file), ...adopted }
    },
    async close() {
      await Promise.all([...live].map((study) => study.close()))
      await jobs.close()
    },
  }
}

function bestTrial({ best, study }: StudySnapshot): number {
  if (best !== null) return best
  throw new PandaError(
    'session/not-possible-now',
    `no trial of ${study} has been measured yet`,
    'Name a trial, or wait for one to end.',
  )
}

function checkedName(name: string): string {
  const parsed = runName.safeParse(name)
  if (parsed.success) return parsed.data
  throw new PandaError(
    'config/invalid',
    `the name "${name}" ${parsed.error.issues[0]?.message ?? 'cannot be used'}`,
    'Choose another name.',
  )
}
