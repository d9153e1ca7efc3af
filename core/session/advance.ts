import { thinTimerCheckpoints } from '../store/checkpoints.ts'
import { readMean } from '../store/curves.ts'
import { closeDay } from '../store/days.ts'
import type { StepOutcome } from './learner.ts'
import { pause } from './pause.ts'
import type { Plans } from './planning.ts'
import { checkpointDue, dayOver, evaluationDue } from './position.ts'
import type { Position } from './position.ts'
import type { Trainer } from './trainer.ts'

/** One step and all that falls due with it: the dev set, the end of a day, saving, planned nudges. Only while running. */
export async function advance(trainer: Trainer, plans: Plans): Promise<void> {
  const outcome = await trainer.step()
  if (outcome.kind === 'refused') return refuse(trainer, outcome)
  const isMeasured = await doWhatIsDue(trainer, outcome.before)
  trainer.tellIfDue()
  const isLast = trainer.aim.isReached(trainer.position, trainer.calendar)
  const isMeasuredLast = isLast && (await trainer.evaluate())
  if (isMeasured || isMeasuredLast) plans.measured()
  if (isLast) await pause(trainer, 'amount-reached')
}

/** Was the dev set measured? */
async function doWhatIsDue(trainer: Trainer, before: Position): Promise<boolean> {
  const { config, position, calendar } = trainer
  const { trainExamples } = trainer.facts
  const ends = dayOver(config.day, position, calendar, trainExamples)
  const evaluates = evaluationDue(config.evaluate_every, before, position, trainExamples)
  const isMeasured = (ends || evaluates) && (await trainer.evaluate())
  if (ends) endDay(trainer)
  else if (checkpointDue(config.checkpoint_every, before, position, trainer.sinceCheckpointMs)) {
    saveByTimer(trainer)
  } else trainer.flushIfDue()
  return isMeasured
}

/** An hour's worth at the default interval. Older ones would fill the disk: days, nudges and people's own stay. */
const TIMER_CHECKPOINTS_KEPT = 6

function saveByTimer(trainer: Trainer): void {
  trainer.saveCheckpoint('timer')
  trainer.commit(() => thinTimerCheckpoints(trainer.db, trainer.branch, TIMER_CHECKPOINTS_KEPT))
}

function endDay(trainer: Trainer): void {
  const { calendar, position, branch } = trainer
  const stepsOfEpoch = Math.ceil(trainer.facts.trainExamples / (trainer.knobs.batch_size ?? 1))
  const firstCounted = Math.max(calendar.dayFromStep, position.step - stepsOfEpoch)
  trainer.recordTime()
  trainer.passDay(calendar.day)
  const { closed, entry, checkpoint } = trainer.commit(() => {
    const taken = trainer.insertCheckpoint('day')
    const summary = {
      day: calendar.day,
      branch,
      checkpoint: taken.checkpoint,
      fromStep: calendar.dayFromStep,
      toStep: position.step,
      endedAt: trainer.wall(),
      // Of the last epoch at most: less noisy than the last step's, and not of how the day began.
      cost: readMean(trainer.db, {
        branch,
        metric: 'cost',
        from: firstCounted,
        to: position.step,
      }),
      devCost: taken.devCost,
      devAccuracy: taken.devAccuracy,
    }
    closeDay(trainer.db, summary)
    const detail = { kind: 'day', day: calendar.day, checkpoint: taken.checkpoint } as const
    const closed = { ...summary, parametersSha256: taken.parametersSha256 }
    return { closed, entry: trainer.journal(detail), checkpoint: taken }
  })
  trainer.announce(checkpoint)
  trainer.say({ type: 'day', closed, entry })
}

/** A step that was kept from the weights is told, and the run stands still before it. */
async function refuse(trainer: Trainer, outcome: StepOutcome): Promise<void> {
  const step = trainer.position.step + 1
  const what = Number.isFinite(outcome.cost) ? 'gradient norm' : 'cost'
  const value = Number.isFinite(outcome.cost) ? outcome.gradientNorm : outcome.cost
  const message =
    `step ${step} was refused: its ${what} is ${value}. The weights are those of step ${step - 1}. ` +
    'Go back to an earlier day, or lower the learning rate.'
  const detail = { kind: 'alert', alert: 'not-finite', message } as const
  const entry = trainer.commit(() => trainer.journal(detail))
  trainer.say({ type: 'alert', entry })
  await pause(trainer, 'not-finite')
}
