import type { PauseReason } from '../protocol/run.ts'
import type { Trainer } from './trainer.ts'

/** Stands still, with everything on disk. */
export async function pause(trainer: Trainer, reason: PauseReason): Promise<void> {
  trainer.recordTime()
  const entry = trainer.commit(() => trainer.journal({ kind: 'paused', reason }))
  trainer.tellMetrics()
  trainer.saveCheckpoint('pause')
  trainer.say({ type: 'journaled', entry })
  trainer.move({ type: 'paused', reason })
}
