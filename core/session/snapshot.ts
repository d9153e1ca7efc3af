import { hashParameters } from '../engine/hash.ts'
import type {
  BranchId,
  Effort,
  JournalEntry,
  RunFacts,
  RunSnapshot,
  RunState,
  TrainGoal,
} from '../protocol/run.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import { listBranches } from '../store/branches.ts'
import { listCheckpoints } from '../store/checkpoints.ts'
import { listDays } from '../store/days.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal, listJournal } from '../store/journal.ts'
import { readRun } from '../store/run.ts'
import type { RunRecord } from '../store/run.ts'
import { effortOf } from './effort.ts'
import { readingsOf } from './knobs.ts'
import type { Evaluation } from './learner.ts'
import { latestVitals } from './latest-vitals.ts'
import { epochOf } from './position.ts'
import type { Calendar } from './position.ts'
import { glanceAtStanding } from './find-standing.ts'
import type { Settings } from './ramps.ts'
import type { Trainer } from './trainer.ts'

interface Present {
  readonly facts: RunFacts
  readonly state: RunState
  readonly branch: BranchId
  readonly step: number
  readonly epoch: number
  readonly calendar: Calendar
  readonly settings: Settings
  readonly effort: Effort
  readonly goal: TrainGoal | null
  readonly vitals: VitalSigns | null
  readonly cost: number | null
  readonly evaluation: Evaluation | null
  readonly stepsPerSecond: number | null
  readonly parametersSha256: string
}

/** What a view needs of a run: its history from the file, its present as given. */
function describeRun(db: ReadableDb, present: Present): RunSnapshot {
  const { facts, state, branch, step, epoch, calendar, settings, cost, evaluation } = present
  return {
    facts,
    state,
    branch,
    step,
    epoch,
    day: calendar.day,
    dayFromStep: calendar.dayFromStep,
    goal: present.goal,
    ...present.effort,
    cost,
    devCost: evaluation?.cost ?? null,
    devAccuracy: evaluation?.accuracy ?? null,
    stepsPerSecond: present.stepsPerSecond,
    parametersSha256: present.parametersSha256,
    readings: readingsOf(facts.config, settings.knobs, { epoch, step }, settings.ramps),
    vitals: present.vitals,
    branches: listBranches(db),
    days: listDays(db),
    checkpoints: listCheckpoints(db),
    journal: listJournal(db),
  }
}

/** A run in care. After a crash its step is the last on record, until the steps up to it are replayed. */
export const describeLive = (trainer: Trainer, recordedStep: number): RunSnapshot =>
  describeRun(trainer.db, {
    facts: trainer.facts,
    state: trainer.state,
    branch: trainer.branch,
    step: Math.max(trainer.position.step, recordedStep),
    epoch: trainer.epoch,
    calendar: trainer.calendar,
    settings: trainer.settings,
    effort: trainer.effort,
    goal: trainer.aim.goal,
    ...trainer.measured,
    stepsPerSecond: trainer.stepsPerSecond,
    parametersSha256: hashParameters(trainer.capture().engine),
  })

/** What a run is about, as its file says. */
export function factsOf(row: RunRecord, run: string, file: string): RunFacts {
  const { trainExamples, devExamples, features, classes } = row.facts
  const { config, createdAt, parameters } = row
  return { run, file, createdAt, config, parameters, trainExamples, devExamples, features, classes }
}

/** Why a run that nobody has open stands still. A refused step stays the reason until something is done about it. */
function restingState(journal: readonly JournalEntry[], interrupted: boolean): RunState {
  if (interrupted) return { kind: 'paused', reason: 'recovered' }
  const last = journal.findLast(({ kind }) => LAST_WORDS.has(kind))
  if (last === undefined) return { kind: 'idle' }
  const isRefused = last.kind === 'paused' && last.reason === 'not-finite'
  return { kind: 'paused', reason: isRefused ? 'not-finite' : 'resting' }
}
const LAST_WORDS: ReadonlySet<JournalEntry['kind']> = new Set([
  'started',
  'paused',
  'nudge',
  'rollback',
  'undo',
])

/** A run that nobody has open. After a crash its step is the last on record, its weights the newest checkpoint's. */
export function describeResting(db: ReadableDb, run: string, file: string): RunSnapshot {
  const row = readRun(db)
  const facts = factsOf(row, run, file)
  const found = glanceAtStanding(db, row.head.branch)
  const { state, calendar, recordedStep } = found
  const interrupted = recordedStep > state.position.step
  return describeRun(db, {
    facts,
    state: restingState(lineageJournal(db, row.head.branch), interrupted),
    branch: row.head.branch,
    step: recordedStep,
    epoch: epochOf(state.position, facts.trainExamples),
    calendar,
    settings: state,
    effort: effortOf(calendar, null),
    goal: null,
    vitals: latestVitals(db, row.head.branch, recordedStep),
    cost: found.cost,
    evaluation: found.evaluation,
    stepsPerSecond: null,
    parametersSha256: found.summary.parametersSha256,
  })
}
