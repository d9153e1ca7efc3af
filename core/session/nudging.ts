import type { Change, NudgeChanges, NudgeRamp, NudgeReply, RunSnapshot } from '../protocol/run.ts'
import { completed, effectiveChanges, inForce, requestedOf } from './knobs.ts'
import type { Trainer } from './trainer.ts'

/** What a nudge would change now. Throws `session/unknown-hyperparameter` or `session/invalid-value`. */
export function changesNow(trainer: Trainer, requested: NudgeChanges): readonly Change[] {
  const { config, facts, settings, knobs } = trainer
  return effectiveChanges(
    requested,
    { inForce: completed(knobs, config), targets: completed(settings.knobs, config) },
    config,
    facts.trainExamples,
  )
}

/** Throws what a nudge of a resting run would be refused with. */
export function refuseNudge(requested: NudgeChanges, { readings, facts }: RunSnapshot): void {
  const present = { inForce: inForce(readings), targets: requestedOf(readings) }
  effectiveChanges(requested, present, facts.config, facts.trainExamples)
}

export interface NudgeShape {
  readonly ramp?: NudgeRamp | undefined
  /** The id of the plan that it fulfils. */
  readonly plan?: number | undefined
}

/** Takes a checkpoint, journals the nudge and brings it into force from the next step on. */
export function nudge(
  trainer: Trainer,
  requested: NudgeChanges,
  { ramp, plan }: NudgeShape,
): NudgeReply {
  const changes = changesNow(trainer, requested)
  const firstStep = trainer.position.step + 1
  const { entry, taken, isNew } = trainer.commit(() => {
    const checkpoint = trainer.ensureCheckpoint('nudge')
    const detail = {
      kind: 'nudge',
      changes,
      checkpoint: checkpoint.taken.checkpoint,
      firstStep,
      ...(ramp && { ramp }),
      ...(plan !== undefined && { plan }),
    } as const
    return { ...checkpoint, entry: trainer.journal(detail) }
  })
  trainer.tellMetrics()
  if (isNew) trainer.announce(taken)
  trainer.takeNudge(entry)
  return { step: firstStep, changes, checkpoint: taken.checkpoint }
}
