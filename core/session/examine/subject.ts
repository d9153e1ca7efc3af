import type { Dataset, Normalisation } from '../../data/dataset.ts'
import { unpackNormalisation } from '../../data/packed-normalisation.ts'
import { createEngine } from '../../engine/engine.ts'
import type { Engine, EngineSpec } from '../../engine/engine.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Examined } from '../../protocol/examine.ts'
import type { Hyperparameters } from '../../protocol/hyperparameters.ts'
import type { ReadableDb } from '../../store/db.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun } from '../../store/run.ts'
import type { DataFacts, RunRecord } from '../../store/run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import { findStanding } from '../find-standing.ts'
import type { RunGate } from '../handshake.ts'
import { resolveTarget } from '../history.ts'
import { completed } from '../knobs.ts'
import { loadPrepared } from '../run-data.ts'
import { restore } from '../saved-state.ts'
import { knobsInForce } from '../training-state.ts'
import type { TrainingState } from '../training-state.ts'
import type { TaskOf } from '../worker-task.ts'

type SubjectTask = TaskOf<'run:evaluate' | 'run:predict' | 'run:export'>

/** One state of a run, and all it takes to compute with it. */
export interface Subject {
  readonly run: string
  readonly config: RunConfig
  readonly facts: DataFacts
  readonly normalisation: Normalisation
  readonly spec: EngineSpec
  readonly state: TrainingState
  readonly knobs: Hyperparameters
  readonly examined: Examined
}

/** A subject with the data that its run learns from. */
export interface SubjectWithData extends Subject {
  readonly dataset: Dataset
}

/**
 * Reads what is to be examined: a checkpoint, or the run as it is now. The file is closed again before
 * anything is computed. Of the data only its normalisation is taken, which the run's row has, unless it is from
 * before that was kept. Throws `session/no-such-target`, `store/*` and `data/*`.
 */
export async function readSubject(task: SubjectTask): Promise<Subject> {
  const db = openForReading(task.file, task)
  try {
    const row = readRun(db)
    const kept = row.facts.normalisation
    return subjectOf(
      db,
      row,
      task,
      kept === undefined
        ? (await loadPrepared(db, row.config, task.samplesDir)).normalisation
        : unpackNormalisation(kept),
    )
  } finally {
    closeRun(db)
  }
}

/** The same with the data, which takes much longer. Throws as `readSubject` does. */
export async function readSubjectWithData(task: SubjectTask): Promise<SubjectWithData> {
  const db = openForReading(task.file, task)
  try {
    const row = readRun(db)
    const dataset = await loadPrepared(db, row.config, task.samplesDir)
    return { ...subjectOf(db, row, task, dataset.normalisation), dataset }
  } finally {
    closeRun(db)
  }
}

function subjectOf(
  db: ReadableDb,
  row: RunRecord,
  task: SubjectTask,
  normalisation: Normalisation,
): Subject {
  const { state, examined } = stateOf(db, row, task)
  const { config, facts, engine } = row
  return {
    run: task.run,
    config,
    facts,
    normalisation,
    // The run's own number of threads, so that answers come with the bits that training had.
    spec: { ...engineSpecOf(config, facts), threads: engine?.threads ?? config.threads ?? 1 },
    state,
    knobs: completed(knobsInForce(state), config),
    examined,
  }
}

function stateOf(
  db: ReadableDb,
  { head }: RunRecord,
  { captured, request }: SubjectTask,
): { state: TrainingState; examined: Examined } {
  if (request.checkpoint !== undefined) {
    const target = resolveTarget(db, head.branch, request.checkpoint)
    const { state } = restore(db, target).standing
    const { branch, step, checkpoint } = target
    return { state, examined: { branch, step, checkpoint } }
  }
  if (captured !== null) {
    const { branch, state } = captured
    return { state, examined: { branch, step: state.position.step, checkpoint: null } }
  }
  const { standing, checkpoint } = findStanding(db, head.branch)
  const { branch, state } = standing
  const step = state.position.step
  return { state, examined: { branch, step, checkpoint: checkpoint.summary.checkpoint } }
}

/** Computes with the subject's parameters on an engine of its own. */
export async function withEngine<T>(
  { spec, state }: Pick<Subject, 'spec' | 'state'>,
  gate: RunGate,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await createEngine(spec, gate)
  try {
    engine.importState(state.engine)
    return await work(engine)
  } finally {
    await engine.dispose()
  }
}

/** What the classes are called, in the order of their ids; null for a regression. */
export function classNamesOf({ facts }: Pick<Subject, 'facts'>): readonly string[] | null {
  if (facts.classes === null) return null
  const named = facts.classNames ?? (facts.characters === null ? null : [...facts.characters])
  return named ?? Array.from({ length: facts.classes }, (_, id) => String(id))
}
