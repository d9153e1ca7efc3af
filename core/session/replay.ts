import { PandaError } from '../errors.ts'
import type { JournalEntry } from '../protocol/run.ts'
import type { Learner } from './learner.ts'
import { settingsAfter } from './ramps.ts'

export interface ReplayOptions {
  /** Nudges of this stretch, oldest first; those made at `toStep` itself are in force at its end. */
  readonly nudges: readonly JournalEntry[]
  readonly toStep: number
  /** Called after each step, between steps: may await, may throw to give up. */
  readonly onStep: (step: number, cost: number) => void | Promise<void>
}

/**
 * Goes through a stretch of history again: the same data, the same nudges at the same steps.
 * Throws `engine/failed` where a recorded step can't be taken again.
 */
export async function replay(learner: Learner, { nudges, toStep, onStep }: ReplayOptions) {
  let next = 0
  const applyUpTo = (step: number) => {
    for (
      let nudge = nudges[next];
      nudge !== undefined && nudge.step <= step;
      nudge = nudges[next]
    ) {
      learner.settings = settingsAfter(learner.settings, nudge)
      next++
    }
  }
  while (learner.position.step < toStep) {
    applyUpTo(learner.position.step)
    const outcome = await learner.step()
    if (outcome.kind === 'refused') {
      throw new PandaError(
        'engine/failed',
        `step ${learner.position.step + 1} was recorded as good, but replaying it gives cost ${outcome.cost}`,
        'The run was probably trained with another version of the engine.',
      )
    }
    await onStep(learner.position.step, outcome.cost)
  }
  applyUpTo(toStep)
}
