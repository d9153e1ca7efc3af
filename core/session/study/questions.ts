import path from 'node:path'
import type { CallHandlers } from '../../protocol/contract.ts'
import { curvesQuery } from '../../protocol/study.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { refuseBadConfig } from '../examinations.ts'
import type { Jobs } from '../jobs.ts'
import type { StudiesFolder } from './studies-folder.ts'
import { curvesOf } from './trial-curves.ts'

interface StudyQuestionParts {
  readonly folder: StudiesFolder
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
}

/**
 * What can be asked of a study without having it in care, and what is asked before there is one. Curves are
 * read here, from the file; what takes seconds is a job in a thread of its own.
 */
export const createStudyQuestions = ({
  folder,
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
    refuseBadConfig(given.config)
    const request = { ...given, base: path.resolve(given.base ?? '.') }
    return jobs.run<'search:advise'>({ task: 'search:advise', request, ...folders })
  },
})
