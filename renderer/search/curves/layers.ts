import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { depthOf, lookOf, stateLookOf } from '../trial-look.ts'
import type { TrialLook, TrialMarks } from '../trial-look.ts'

/** A trial as it is to be painted. */
export interface Painted {
  readonly trial: number
  readonly look: TrialLook
}

export interface Layers {
  /** Those that stand still, from back to front: painted once. */
  readonly standing: readonly Painted[]
  /** Those that move or stand out, from back to front: painted each time. */
  readonly live: readonly Painted[]
}

/**
 * Which trial is painted where. A trial that stands still and stands out is in both, so that it need not be
 * taken out of the standing ones when it no longer does.
 */
export function layersOf(
  trials: readonly Pick<TrialSummary, 'trial' | 'state'>[],
  marks: TrialMarks & { readonly hovered: number | null },
): Layers {
  const standing: Painted[] = []
  const live: Painted[] = []
  for (const summary of trials) {
    const { trial, state } = summary
    if (state !== 'running') standing.push({ trial, look: stateLookOf(state) })
    const look = lookOf(summary, marks)
    const standsOut = look === 'best' || look === 'selected' || trial === marks.hovered
    if (state === 'running' || standsOut) live.push({ trial, look })
  }
  const byDepth = (a: Painted, b: Painted) => depthOf(a.look) - depthOf(b.look) || a.trial - b.trial
  const isHovered = ({ trial }: Painted) => Number(trial === marks.hovered)
  return {
    standing: standing.toSorted(byDepth),
    live: live.toSorted((a, b) => isHovered(a) - isHovered(b) || byDepth(a, b)),
  }
}

/** Do the lines of two snapshots look the same, but for what their curves tell? */
export function drawnAlike(a: StudySnapshot, b: StudySnapshot): boolean {
  return (
    a.study === b.study &&
    a.config === b.config &&
    a.best === b.best &&
    a.trials.length === b.trials.length &&
    a.trials.every((trial, i) => {
      const other = b.trials[i]
      if (trial === other) return true
      const { state, value, budgetSteps } = trial
      return state === other?.state && value === other.value && budgetSteps === other.budgetSteps
    })
  )
}

/** The trials of a study from best to worst, as the arrow keys walk them: those without a value last. */
export function rankingOf(
  trials: readonly Pick<TrialSummary, 'trial' | 'value'>[],
): readonly number[] {
  const key = ({ value }: Pick<TrialSummary, 'value'>) =>
    value === null || Number.isNaN(value) ? Infinity : value
  return trials
    .toSorted((a, b) => {
      const [x, y] = [key(a), key(b)]
      return x === y ? a.trial - b.trial : x - y
    })
    .map(({ trial }) => trial)
}
