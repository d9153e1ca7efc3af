import path from 'node:path'
import type { CheckpointSummary } from '../protocol/run.ts'
import { insertBranch, lastRecordedStep } from '../store/branches.ts'
import { lineageCheckpoints } from '../store/checkpoints.ts'
import { copyRunFile } from '../store/copy.ts'
import { durably } from '../store/db.ts'
import type { WritableDb } from '../store/db.ts'
import { appendJournal } from '../store/journal.ts'
import { closeRun, openForReading } from '../store/open.ts'
import { readRun, setHead, setName } from '../store/run.ts'
import { resolveTarget } from './history.ts'
import { EXTENSION } from './runs-folder.ts'
import type { TaskOf } from './worker-task.ts'

/** Makes a second panda: a copy of a run, its head at a checkpoint. The first one is left as it is. */
export async function duplicateRun(task: TaskOf<'run:duplicate'>): Promise<null> {
  const db = openForReading(task.file, task)
  try {
    const { head } = readRun(db)
    if (task.target !== null) resolveTarget(db, head.branch, task.target) // refused before copying
    await copyRunFile(db, task.copy, task, (copy) => {
      setName(copy, path.basename(task.copy, EXTENSION))
      const newest = lineageCheckpoints(copy, head.branch).at(-1)
      const target = task.target === null ? newest : resolveTarget(copy, head.branch, task.target)
      if (target !== undefined) standAt(copy, target, task.run)
    })
    return null
  } finally {
    closeRun(db)
  }
}

/** Forks at the checkpoint, as a rollback would, unless the run stands there already. */
function standAt(copy: WritableDb, target: CheckpointSummary, from: string): void {
  const { head } = readRun(copy)
  const newest = lineageCheckpoints(copy, head.branch).at(-1)
  const recorded = lastRecordedStep(copy, head.branch)
  if (newest === undefined) return
  if (newest.checkpoint === target.checkpoint && recorded <= target.step) return
  const createdAt = Date.now()
  const reason = `a second panda, from ${from}`
  durably(copy, () => {
    const { branch } = insertBranch(copy, {
      forkCheckpoint: target.checkpoint,
      reason,
      createdAt,
    })
    setHead(copy, { branch, step: target.step })
    appendJournal(copy, {
      at: createdAt,
      branch,
      step: target.step,
      kind: 'rollback',
      from: { branch: head.branch, step: recorded, checkpoint: newest.checkpoint },
      to: target.checkpoint,
      reason,
    })
  })
}
