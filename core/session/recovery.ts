import { PandaError } from '../errors.ts'
import { lineageDays } from '../store/days.ts'
import { readLineageMetrics } from '../store/metrics.ts'
import { nudgesSince } from './find-standing.ts'
import type { FoundRun } from './find-standing.ts'
import type { Learner } from './learner.ts'
import { replay } from './replay.ts'
import type { Trainer } from './trainer.ts'

/** How often a long replay tells where it is and lets messages in. */
const STEPS_PER_BREATH = 50

/**
 * After a crash: takes the steps beyond the newest checkpoint again, as they were recorded, and compares
 * their costs bit for bit. What came of it goes into the journal.
 */
export async function replayRecorded(
  trainer: Trainer,
  learner: Learner,
  found: FoundRun,
  { breathe, isClosing }: { breathe: () => Promise<void>; isClosing: () => boolean },
): Promise<void> {
  const { db, branch } = trainer
  const fromStep = learner.position.step
  const toStep = found.recordedStep
  const recorded = readLineageMetrics(db, branch, 'cost', fromStep, toStep)
  // Where the newest checkpoint was rotten, the records go past days that are closed already.
  const closedDays = new Map(lineageDays(db, branch).map(({ day, toStep }) => [toStep, day]))
  let differsFrom: number | null = null
  let cost: number | null = null
  await replay(learner, {
    // Those of the first step are in force already.
    nudges: nudgesSince(db, branch, found.checkpoint).filter(({ step }) => step > fromStep),
    toStep,
    onStep: async (step, replayed) => {
      cost = replayed
      const isSame = Object.is(recorded.values[step - fromStep - 1], replayed)
      if (!isSame) differsFrom ??= step
      const closed = closedDays.get(step)
      if (closed !== undefined) trainer.passDay(closed)
      if (step % STEPS_PER_BREATH === 0) {
        trainer.move({ type: 'preparing', what: `replaying step ${step} of ${toStep}` })
        await breathe()
      }
      if (isClosing()) {
        throw new PandaError('session/closed', 'the recovery was broken off', 'Open the run again.')
      }
    },
  })
  trainer.replayed(cost)
  const message =
    `Panda was ended while it trained. Steps ${fromStep + 1} to ${toStep} were replayed from their records` +
    (differsFrom === null
      ? ', bit for bit.'
      : `; from step ${String(differsFrom)} on their costs differ.`)
  const entry = trainer.commit(() =>
    trainer.journal({ kind: 'alert', alert: 'interrupted', message }),
  )
  trainer.say({ type: 'alert', entry })
}
