import type { CheckpointSummary, RollbackOptions } from '../protocol/run.ts'
import { insertBranch } from '../store/branches.ts'
import { setHead } from '../store/run.ts'
import { changesToKeep, completed } from './knobs.ts'
import { pause } from './pause.ts'
import { restore } from './saved-state.ts'
import { knobsInForce } from './training-state.ts'
import { isUnderWay } from './state.ts'
import type { Trainer } from './trainer.ts'

/**
 * Pauses, keeps the tip in a checkpoint, forks a branch at `target` and stands there. The fork, its journal
 * line, and the knobs that are kept are one commit: all of it or nothing. An undo of a nudge that was planned
 * drops its plan too: waiting again, it would nudge again at once.
 */
export async function goBack(
  trainer: Trainer,
  kind: 'rollback' | 'undo',
  target: CheckpointSummary,
  options: RollbackOptions & { readonly dropPlan?: number | undefined },
): Promise<void> {
  if (isUnderWay(trainer.state)) await pause(trainer, 'rolled-back')
  const tip = trainer.saveCheckpoint('rollback')
  const { standing } = restore(trainer.db, target)
  const then = completed(knobsInForce(standing.state), trainer.config)
  const now = completed(trainer.knobs, trainer.config)
  const kept = options.knobs === 'keep' ? changesToKeep(then, now, standing.state.ramps) : []
  const from = { branch: trainer.branch, step: trainer.position.step, checkpoint: tip.checkpoint }
  const reason = options.reason ?? null

  const { dropPlan } = options

  const { entry, newBranch, nudge, dropped } = trainer.commit(() => {
    const createdAt = trainer.wall()
    const newBranch = insertBranch(trainer.db, {
      forkCheckpoint: target.checkpoint,
      reason,
      createdAt,
    })
    const place = { branch: newBranch.branch, step: target.step }
    setHead(trainer.db, place)
    const entry = trainer.journal({ kind, from, to: target.checkpoint, reason }, place)
    const detail = {
      kind: 'nudge',
      changes: kept,
      checkpoint: target.checkpoint,
      firstStep: target.step + 1,
    } as const
    return {
      entry,
      newBranch,
      nudge: kept.length > 0 ? trainer.journal(detail, place) : null,
      dropped:
        dropPlan === undefined
          ? null
          : trainer.journal({ kind: 'plan-dropped', plan: dropPlan }, place),
    }
  })

  trainer.stand({ ...standing, branch: newBranch.branch })
  trainer.say({
    type: 'rolled-back',
    entry,
    newBranch,
    readings: trainer.readings,
    day: trainer.calendar.day,
    epoch: trainer.epoch,
  })
  if (dropped !== null) trainer.say({ type: 'journaled', entry: dropped })
  if (nudge !== null) trainer.takeNudge(nudge)
  trainer.move({ type: 'paused', reason: 'rolled-back' })
}
