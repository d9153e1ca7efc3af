import { PandaError } from '../errors.ts'
import type { Hyperparameters, HyperparameterName } from '../protocol/hyperparameters.ts'
import type {
  BranchId,
  CheckpointId,
  CheckpointSummary,
  JournalEntry,
  RollbackPreview,
} from '../protocol/run.ts'
import { listBranches } from '../store/branches.ts'
import { findCheckpoint, listCheckpoints } from '../store/checkpoints.ts'
import { lineageDays } from '../store/days.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal } from '../store/journal.ts'
import { lineageOf } from '../store/lineage.ts'
import { readRun } from '../store/run.ts'
import { completed, valueOf } from './knobs.ts'
import { restore } from './saved-state.ts'
import { knobsInForce } from './training-state.ts'

export function checkpointOf(db: ReadableDb, id: string): CheckpointSummary {
  const found = findCheckpoint(db, id as CheckpointId)
  if (found !== null) return found
  throw new PandaError(
    'session/no-such-target',
    `there is no checkpoint ${id}`,
    'panda checkpoints RUN lists them.',
  )
}

/** The state before the first step, which every branch comes from. */
function initialCheckpoint(db: ReadableDb): CheckpointSummary {
  const found = listCheckpoints(db).find(({ kind }) => kind === 'initial')
  if (found === undefined)
    throw new PandaError('store/corrupt', 'the run has no initial checkpoint')
  return found
}

function dayCheckpoint(db: ReadableDb, branch: BranchId, day: number): CheckpointSummary {
  if (day === 0) return initialCheckpoint(db)
  const found = lineageDays(db, branch).findLast((closed) => closed.day === day)
  if (found !== undefined) return checkpointOf(db, found.checkpoint)
  const days = lineageDays(db, branch).map((closed) => closed.day)
  throw new PandaError(
    'session/no-such-target',
    `branch ${branch} has no closed day ${day}`,
    days.length === 0
      ? 'No day is closed yet; 0 is the initial state.'
      : `It has the days 0 to ${days.at(-1)}.`,
  )
}

/**
 * The checkpoint a target names: `2` is a day of the lineage, `b1:2` a day of another branch, `c17` a
 * checkpoint. Throws `session/no-such-target`.
 */
export function resolveTarget(db: ReadableDb, head: BranchId, target: string): CheckpointSummary {
  if (/^\d{1,9}$/.test(target)) return dayCheckpoint(db, head, Number(target))
  if (/^c\d{1,9}$/.test(target)) return checkpointOf(db, target)
  const [, name, day] = /^(b\d{1,9}):(\d{1,9})$/.exec(target) ?? []
  if (name === undefined) {
    throw new PandaError(
      'session/no-such-target',
      `"${target}" names no day and no checkpoint`,
      'Use a day (2), a day of a branch (b1:2) or a checkpoint (c17).',
    )
  }
  const branch = listBranches(db).find((candidate) => candidate.branch === name)
  if (branch === undefined) {
    throw new PandaError('session/no-such-target', `there is no branch ${name}`, null)
  }
  return dayCheckpoint(db, branch.branch, Number(day))
}

/** The knobs in force at a checkpoint; one on a ramp has the value it has reached. */
const knobsOf = (db: ReadableDb, checkpoint: CheckpointSummary): Hyperparameters =>
  completed(knobsInForce(restore(db, checkpoint).standing.state), readRun(db).config)

export function previewRollback(
  db: ReadableDb,
  head: { readonly branch: BranchId; readonly step: number; readonly knobs: Hyperparameters },
  target: string,
): RollbackPreview {
  const checkpoint = resolveTarget(db, head.branch, target)
  const then = knobsOf(db, checkpoint)
  const names = Object.keys(head.knobs) as HyperparameterName[]
  return {
    target: checkpoint,
    from: { branch: head.branch, step: head.step },
    stepsToGhost: head.step - commonStep(db, head, checkpoint),
    knobs: names.map((name) => ({
      name,
      now: valueOf(head.knobs, name),
      then: valueOf(then, name),
    })),
  }
}

/** The last step that the present lineage and the checkpoint's have in common. */
function commonStep(
  db: ReadableDb,
  head: { readonly branch: BranchId; readonly step: number },
  checkpoint: CheckpointSummary,
): number {
  const target = lineageOf(db, checkpoint.branch)
  let common = 0
  for (const segment of lineageOf(db, head.branch)) {
    const twin = target.find(({ branch }) => branch === segment.branch)
    if (twin === undefined) break
    common = Math.min(segment.toStep, twin.toStep, checkpoint.step, head.step)
  }
  return common
}

/** The nudge that an undo takes back: the lineage's newest. Throws `session/nothing-to-undo`. */
export function nudgeToUndo(db: ReadableDb, branch: BranchId): JournalEntry & { kind: 'nudge' } {
  const found = lineageJournal(db, branch).findLast((entry) => entry.kind === 'nudge')
  if (found?.kind === 'nudge') return found
  throw new PandaError(
    'session/nothing-to-undo',
    'this line of history has no nudge to undo',
    'panda journal RUN lists what was done.',
  )
}
