import type { RunSnapshot, TrainAmount } from '../../core/protocol/run.ts'

/** Where training will stop by itself, as far as that can be told beforehand. */
export type Goal =
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'open' }

/** The goal of an amount that is counted from `snapshot`. A day begun counts as whole: an estimate. */
export function goalOf(snapshot: RunSnapshot, amount: TrainAmount, now: number): Goal {
  if (amount === null) return { kind: 'open' }
  if ('steps' in amount) return { kind: 'step', step: snapshot.step + amount.steps }
  if ('epochs' in amount) return { kind: 'epoch', epoch: snapshot.epoch + amount.epochs }
  const length = snapshot.facts.config.day
  if ('steps' in length) return { kind: 'step', step: snapshot.step + amount.days * length.steps }
  if ('epochs' in length) {
    return { kind: 'epoch', epoch: snapshot.epoch + amount.days * length.epochs }
  }
  const minutes = 'minutes' in length ? length.minutes : length.hours * 60
  return { kind: 'time', at: now + amount.days * minutes * 60_000 }
}

interface Place {
  readonly step: number
  readonly epoch: number
  readonly stepsPerSecond: number
  readonly batchSize: number
  readonly trainExamples: number
}

/** Milliseconds until the goal at the present pace, or null where nothing can be said. */
export function remainingMs(goal: Goal, place: Place, now: number): number | null {
  if (goal.kind === 'open') return null
  if (goal.kind === 'time') return Math.max(0, goal.at - now)
  if (!(place.stepsPerSecond > 0)) return null
  const steps =
    goal.kind === 'step'
      ? goal.step - place.step
      : ((goal.epoch - place.epoch) * place.trainExamples) / place.batchSize
  return (Math.max(0, steps) / place.stepsPerSecond) * 1000
}
