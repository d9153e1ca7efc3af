import path from 'node:path'
import type { CallHandlers } from '../../protocol/contract.ts'
import { curvesQuery } from '../../protocol/study.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { refuseBadConfig } from '../examinations.ts'
import type { Jobs } from '../jobs.ts'
import type { RunsFolder } from '../runs-folder.ts'
import { configOfRun } from './from-run.ts'
import type { StudiesFolder } from './studies-folder.ts'
import { curvesOf } from './trial-curves.ts'

interface StudyQuestionParts {
  readonly folder: StudiesFolder
  readonly runs: RunsFolder
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
}

/**
 * What can be asked of a study without having it in care, and what is asked before there is one. Curves are
 * read here, from the file; what takes seconds is a job in a thread of its own.
 */
export const createStudyQuestions = ({
  folder,
  runs,
  jobs,
  folders,
}: StudyQuestionParts): Pick<CallHandlers, 'study:insight' | 'study:curves' | 'search:advise'> => ({
  'study:curves': (reference, query) => {
    const { file } = folder.find(reference)
    const { migrationsDir } = folders
    const db = openForReading(file, { migrationsDir, kind: 'study' })
    try {
      return curvesOf(db, curvesQuery.parse(query))
    } finally {
      closeRun(db)
    }
  },
  'study:insight': (reference) => {
    const { file } = folder.find(reference)
    return jobs.run<'study:insight'>({ task: 'study:insight', file, ...folders })
  },
  'search:advise': (given) => {
    const runFile = given.run === undefined ? null : runs.find(given.run).file
    const own = runFile === null ? undefined : configOfRun(runFile, folders)
    const config = given.config ?? own
    refuseBadConfig(config)
    const request = { ...given, config, base: path.resolve(given.base ?? '.') }
    return jobs.run<'search:advise'>({ task: 'search:advise', request, runFile, ...folders })
  },
})
