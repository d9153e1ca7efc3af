import type { EngineFacts } from '../store/run.ts'
import type { Trainer } from './trainer.ts'

const describe = ({ description, threads }: EngineFacts) => `${description}, threads ${threads}`

/** Says, before training goes on, that another engine computes than the one this state came from. */
export function meetEngine(trainer: Trainer): void {
  const { before, now } = trainer.engines
  if (before === null || now === null) return
  if (before.description === now.description && before.threads === now.threads) return
  const message =
    `step ${trainer.position.step} was computed by ${describe(before)}; from here on it is ` +
    `${describe(now)}. Later steps, and replays of earlier ones, may differ in their last bits.`
  const detail = { kind: 'alert', alert: 'engine-changed', message } as const
  const entry = trainer.commit(() => trainer.journal(detail))
  trainer.acceptEngine()
  trainer.say({ type: 'alert', entry })
}
