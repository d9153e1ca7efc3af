import { formatCount } from '../../ui/format.ts'

/** What the line under a picture begins with. */
export interface TrialTold {
  /** Whether it is under the pointer or where the keys are, rather than selected or the best. */
  readonly isHere: boolean
  /** `trial 12`. */
  readonly trial: string
  /** The one number that is most asked for. */
  readonly figure: string
}

/** The trial of which a picture tells: the one here, else the selected one, else the best, if it is in it. */
export function toldOf<T>(
  marks: Readonly<Record<'hovered' | 'selected' | 'best', number | null>>,
  find: (trial: number) => T | undefined,
): { readonly isHere: boolean; readonly trial: string; readonly of: T } | null {
  const { hovered, selected, best } = marks
  for (const trial of [hovered, selected, best]) {
    const of = trial === null ? undefined : find(trial)
    if (trial !== null && of !== undefined) {
      return { isHere: trial === hovered, trial: `trial ${formatCount(trial)}`, of }
    }
  }
  return null
}
