import path from 'node:path'
import { PandaError } from '../errors.ts'
import { findConfigFault } from '../protocol/config-fault.ts'
import type { Args, CallHandlers } from '../protocol/contract.ts'
import type { Jobs } from './jobs.ts'
import type { ExamineCall, OpenRuns } from './open-runs.ts'
import type { RunsFolder } from './runs-folder.ts'

/** Throws `config/invalid`, with the first thing that is wrong. */
export function refuseBadConfig(config: unknown): void {
  const fault = findConfigFault(config)
  if (fault !== null) throw new PandaError('config/invalid', fault.message, fault.remedy)
}

interface ExaminationParts {
  readonly runs: RunsFolder
  readonly open: OpenRuns
  readonly jobs: Jobs
  readonly folders: { readonly migrationsDir: string; readonly samplesDir: string }
}

interface Based {
  readonly base?: string | undefined
  readonly checkpoint?: string | undefined
}

/** Relative paths mean those of whoever asked, not of the process that answers. */
const rooted = <R extends Based>(request: R): R => ({
  ...request,
  base: path.resolve(request.base ?? '.'),
})

/** The calls that leave a run alone: each is a job on a copy of its state, beside the training. */
export function createExaminations({
  runs,
  open,
  jobs,
  folders,
}: ExaminationParts): Pick<CallHandlers, ExamineCall | 'run:preflight'> {
  /** Hands the request to the process that has the run in care, or does it here. */
  async function examine<C extends ExamineCall>(
    call: C,
    reference: string,
    given: Args<C>[1],
  ): Promise<never> {
    const request = rooted<Based>(given as Based)
    const { run, file } = runs.find(reference)
    const live = await open.attached({ run, file })
    if (live?.examination.by === 'another') {
      return (await live.examination.ask(call, request as never)) as never
    }
    const isNow = request.checkpoint === undefined
    const captured = isNow && live !== null ? await live.examination.capture() : null
    const task = { task: call, run, file, captured, request, ...folders }
    return (await jobs.run<C>(task as never)) as never
  }

  return {
    'run:evaluate': (run, options) => examine('run:evaluate', run, options),
    'run:predict': (run, request) => examine('run:predict', run, request),
    'run:export': (run, request) => examine('run:export', run, request),
    'run:preflight': (given) => {
      if ('run' in given) {
        const request = { run: runs.find(given.run).file }
        return jobs.run<'run:preflight'>({ task: 'run:preflight', request, ...folders })
      }
      refuseBadConfig(given.config)
      return jobs.run<'run:preflight'>({
        task: 'run:preflight',
        request: rooted(given),
        ...folders,
      })
    },
  }
}
