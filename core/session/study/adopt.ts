import { createEngine } from '../../engine/engine.ts'
import { PandaError } from '../../errors.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Hyperparameters } from '../../protocol/hyperparameters.ts'
import { readDataset } from '../../store/dataset.ts'
import { createRunFile } from '../../store/create.ts'
import { atOneMoment } from '../../store/db.ts'
import type { ReadableDb, WritableDb } from '../../store/db.ts'
import { appendJournal } from '../../store/journal.ts'
import { lineageOf } from '../../store/lineage.ts'
import { metricNamesOf } from '../../store/metric-names.ts'
import { appendMetrics, readLineageMetrics } from '../../store/metrics.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun, setHead } from '../../store/run.ts'
import type { RunRecord } from '../../store/run.ts'
import { readStudy } from '../../store/study.ts'
import { listTrials } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'
import { engineSpecOf } from '../engine-spec.ts'
import type { RunGate } from '../handshake.ts'
import { FIRST_DAY, START } from '../position.ts'
import { restore, saveStanding } from '../saved-state.ts'
import type { Standing } from '../saved-state.ts'
import type { TaskOf } from '../worker-task.ts'
import { newestCheckpoint } from './trial-ledger.ts'
import { planTrial, stateOf, trialConfigOf } from './trial-plan.ts'
import { NO_RAMPS } from '../ramps.ts'

export interface AdoptedTrial {
  readonly trial: number
  /** Where the new run stands. */
  readonly step: number
  readonly parameters: number
}

/**
 * Makes a run whose day 0 is a trial: with its weights, curves and place in the data, so that training on
 * gives the bits that the trial would have come to; or from scratch, with its config alone.
 */
export async function adoptTrial(
  task: TaskOf<'study:adopt'>,
  gate: RunGate,
): Promise<AdoptedTrial> {
  const { migrationsDir } = task
  const db = openForReading(task.studyFile, { migrationsDir, kind: 'study' })
  try {
    // A trial that runs forgets its last checkpoint with every new one.
    return await atOneMoment(db, () => adoptFrom(db, task, gate))
  } finally {
    closeRun(db)
  }
}

async function adoptFrom(
  db: ReadableDb,
  task: TaskOf<'study:adopt'>,
  gate: RunGate,
): Promise<AdoptedTrial> {
  const run = readRun(db)
  const trial = trialOf(db, task.trial)
  const config = trialConfigOf(readStudy(db).config, trial.point)
  const { parameters, knobs } = planTrial(config, run.facts)
  const standing = task.fromScratch
    ? await fresh(config, run, gate)
    : beginning(newestOf(db, trial, knobs))
  const { step } = standing.state.position
  const createdAt = Date.now()
  const text =
    `Adopted from trial ${trial.trial} of the study ${task.study}` +
    (task.fromScratch ? ', from scratch.' : ` at step ${step}${ancestry(trial)}.`)
  createRunFile(
    task.file,
    {
      name: task.name,
      createdAt,
      config,
      parameters,
      facts: run.facts,
      engine: standing.engine,
      dataset: readDataset(db),
    },
    {
      migrationsDir: task.migrationsDir,
      fill: (to) => {
        if (!task.fromScratch) copyCurves(db, trial, to, step)
        saveStanding(to, { ...standing, branch: 'b1' }, 'initial', createdAt)
        setHead(to, { branch: 'b1', step })
        appendJournal(to, { at: createdAt, branch: 'b1', step, kind: 'note', text })
      },
    },
  )
  return { trial: trial.trial, step, parameters }
}

type Start = Omit<Standing, 'checkpoint' | 'vitals' | 'branch'>

async function fresh(config: RunConfig, { facts }: RunRecord, gate: RunGate): Promise<Start> {
  const engine = await createEngine({ ...engineSpecOf(config, facts), threads: 1 }, gate)
  try {
    const { knobs } = planTrial(config, facts)
    const state = { position: START, knobs, ramps: NO_RAMPS, engine: engine.exportState() }
    return { state, calendar: FIRST_DAY, engine: null, cost: null, evaluation: null }
  } finally {
    await engine.dispose()
  }
}

/** The first day of the run begins where the trial stands. */
function beginning(standing: Standing): Start {
  const { step, samplesSeen } = standing.state.position
  return {
    ...standing,
    calendar: { ...FIRST_DAY, dayFromStep: step, dayFromSamples: samplesSeen },
  }
}

function trialOf(db: ReadableDb, number: number): TrialRecord {
  const trials = listTrials(db)
  const trial = trials.find((one) => one.trial === number)
  if (trial !== undefined) return trial
  throw new PandaError(
    'session/no-such-target',
    `there is no trial ${number}`,
    `This study has ${trials.length}.`,
  )
}

const ancestry = ({ parent }: TrialRecord): string =>
  parent === null
    ? ''
    : `; it is a changed copy of trial ${parent.trial} from step ${parent.step} on`

function newestOf(db: ReadableDb, record: TrialRecord, knobs: Hyperparameters): Standing {
  const { branch, trial } = record
  const newest = newestCheckpoint(db, record)
  if (newest !== null) {
    const { standing } = restore(db, newest)
    return { ...standing, branch, state: stateOf(standing, branch, knobs) }
  }
  throw new PandaError(
    'session/not-possible-now',
    `trial ${trial} has no weights yet`,
    'Wait until it was saved, or adopt it from scratch.',
  )
}

function copyCurves(db: ReadableDb, { branch }: TrialRecord, to: WritableDb, step: number): void {
  // A copy's curve begins with its ancestors'.
  const names = lineageOf(db, branch).flatMap((part) => metricNamesOf(db, part.branch))
  for (const metric of new Set(names)) {
    appendMetrics(to, 'b1', metric, readLineageMetrics(db, branch, metric, -1, step))
  }
}
