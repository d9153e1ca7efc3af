import type { TrialSummary } from '../../../core/protocol/study.ts'
import { stateLookOf } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import { STATE_WORDS } from '../trial-words.ts'

export interface LegendEntry {
  readonly look: TrialLook
  readonly word: string
  /** Null where it goes without saying: there is one best. */
  readonly count: number | null
}

/** In the order in which a trial lives. */
const STATES: readonly TrialSummary['state'][] = [
  'running',
  'done',
  'stopped-early',
  'replaced',
  'cancelled',
  'diverged',
  'failed',
  'paused',
  'waiting',
]

/** The looks of a picture, each with how many trials have it; only those that there are. */
export function legendOf(
  trials: readonly Pick<TrialSummary, 'state'>[],
  best: number | null,
): readonly LegendEntry[] {
  const counts = new Map<TrialSummary['state'], number>()
  for (const { state } of trials) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = STATES.flatMap((state) => {
    const count = counts.get(state)
    return count === undefined
      ? []
      : [{ look: stateLookOf(state), word: STATE_WORDS[state], count }]
  })
  return best === null ? states : [{ look: 'best', word: 'best', count: null }, ...states]
}

/** Do two legends say the same? */
export const sameLegend = (a: readonly LegendEntry[], b: readonly LegendEntry[]): boolean =>
  a.length === b.length &&
  a.every(({ look, word, count }, i) => {
    const other = b[i]
    return look === other?.look && word === other.word && count === other.count
  })
