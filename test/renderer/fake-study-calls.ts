import { PandaError } from '../../core/errors.ts'
import type { Call, CallHandlers } from '../../core/protocol/contract.ts'
import type { FakeHost } from './fake-host.ts'

type StudyCalls = Extract<Call, 'studies:list' | `study:${string}` | `search:${string}`>

const unsupported = (): never => {
  throw new PandaError('session/not-possible-now', 'this host is made up')
}

/** What an invented host answers about its studies. */
export const studyHandlers = (host: FakeHost): Pick<CallHandlers, StudyCalls> => ({
  'studies:list': () => [...host.studies.values()].map((study) => study.summary()),
  'study:create': unsupported,
  'study:show': (study) => host.getStudy(study).snapshot,
  'study:resume': (study) => {
    const fake = host.getStudy(study)
    fake.note({ kind: 'study-resumed' })
    fake.state('running')
    return null
  },
  'study:pause': (study) => {
    const fake = host.getStudy(study)
    fake.note({ kind: 'study-paused' })
    fake.state('paused')
    return null
  },
  'study:cancel': (study, trial) => {
    host.getStudy(study).cancel(trial)
    return null
  },
  'study:add-trials': (study, count) => {
    host.getStudy(study).addTrials(count)
    return null
  },
  'study:change-space': (study, space) => {
    host.getStudy(study).changeSpace(space)
    return null
  },
  'study:curves': (study) => host.getStudy(study).curves(),
  'study:insight': (study) => ({
    measured: host.getStudy(study).snapshot.trials.filter(({ value }) => value !== null).length,
    importance: null,
    rounds: [],
    surrogate: [],
  }),
  'study:adopt': (study, { trial, name, from_scratch: isFresh }) => {
    const { best } = host.getStudy(study).snapshot
    const number = trial === 'best' ? (best ?? 0) : trial
    const { step, parameters } = host.getStudy(study).trial(number)
    const run = name ?? `${study}-${number}`
    host.add(run)
    return {
      run,
      file: `/runs/${run}.panda`,
      trial: number,
      step: isFresh ? 0 : step,
      parameters: parameters ?? 0,
    }
  },
  'study:rename': (study, name) => {
    host.getStudy(study)
    return { study: name, file: `/runs/${name}.study` }
  },
  'study:delete': (study) => {
    host.getStudy(study)
    return { study, file: `/runs/${study}.study` }
  },
  'search:advise': unsupported,
})
