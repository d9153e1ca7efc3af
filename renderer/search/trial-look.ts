import type { TrialState, TrialSummary } from '../../core/protocol/study.ts'

/** How a trial is drawn, the same in every picture. */
export const TRIAL_LOOKS = [
  'best',
  'selected',
  'running',
  'ended',
  'behind',
  'bad',
  'idle',
] as const
export type TrialLook = (typeof TRIAL_LOOKS)[number]

/** Which trials stand out. */
export interface TrialMarks {
  readonly best: number | null
  readonly selected: number | null
}

const LOOK_OF: { readonly [S in TrialState]: TrialLook } = {
  waiting: 'idle',
  running: 'running',
  paused: 'idle',
  'stopped-early': 'behind',
  done: 'ended',
  diverged: 'bad',
  failed: 'bad',
  cancelled: 'behind',
  replaced: 'behind',
}

/** The look of a trial's state alone, whichever trials stand out. */
export const stateLookOf = (state: TrialState): TrialLook => LOOK_OF[state]

/** The look of a trial: the best before the selected one, and both before its state. */
export function lookOf(
  { trial, state }: Pick<TrialSummary, 'trial' | 'state'>,
  { best, selected }: TrialMarks,
): TrialLook {
  if (trial === best) return 'best'
  if (trial === selected) return 'selected'
  return LOOK_OF[state]
}

/** From back to front. */
const DEPTH: readonly TrialLook[] = [
  'idle',
  'behind',
  'ended',
  'bad',
  'running',
  'selected',
  'best',
]

/** Where a look lies: what is less is drawn before what is more. */
export const depthOf = (look: TrialLook): number => DEPTH.indexOf(look)

/**
 * The colours of all looks, as the style sheet's tokens have them where `element` is. To be read again when
 * the theme changes.
 */
export function lookColors(element: Element): Readonly<Record<TrialLook, string>> {
  const styles = getComputedStyle(element)
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  return {
    best: token('accent'),
    selected: token('ink'),
    running: token('train'),
    ended: token('muted'),
    behind: token('ghost'),
    bad: token('bad'),
    idle: token('line-strong'),
  }
}
