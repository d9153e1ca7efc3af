import { z } from 'zod'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { kept } from '../ui/kept.ts'

const look = z.object({
  /** Ms since the epoch. */
  at: z.number(),
  /** When the run was made: another run may have its name by now. */
  bornAt: z.number(),
  state: z.string(),
  step: z.number(),
  day: z.number(),
  cost: z.number().nullable(),
  devCost: z.number().nullable(),
  /** The newest line of the journal then; 0 where there was none. */
  entry: z.number(),
})
/** How a run stood when a person last looked at it. */
export type Look = z.output<typeof look>

const keyOf = (run: string) => `panda.look.${run}`

/** When and at what this window's person last looked at a run; null if never, or if it can't be read. */
export function lastLookOf(run: string): Look | null {
  const text = kept.getItem(keyOf(run))
  if (text === null) return null
  try {
    return look.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null // not ours, or cut short: as good as none
  }
}

/** What there is to see of a run now. */
export function lookAt(snapshot: RunSnapshot, at: number): Look {
  const { facts, state, step, day, cost, devCost, journal } = snapshot
  const bornAt = facts.createdAt
  const entry = journal.at(-1)?.id ?? 0
  return { at, bornAt, state: state.kind, step, day, cost, devCost, entry }
}

/** Remembers that a person saw the run as it is. What is not finite is kept as none: JSON has no word for it. */
export function keepLook(snapshot: RunSnapshot, at: number): void {
  kept.setItem(keyOf(snapshot.facts.run), JSON.stringify(lookAt(snapshot, at)))
}
