import type { SearchSpace } from '../../protocol/space.ts'
import type { UnitPoint } from '../space.ts'

/** What is known of a trial that was proposed: still running, failed or diverged, or measured. */
export type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'failed' }
  /** A person gave it up before it was measured: that says nothing of its point. */
  | { readonly kind: 'given-up' }
  | { readonly kind: 'measured'; /** Lower is better. */ readonly value: number }

export interface Trialled {
  readonly unit: UnitPoint
  readonly outcome: Outcome
  /** What it came to at each rung that it has reached, in their order; not finite where it failed there. */
  readonly climbed?: readonly number[]
}

/** What a method goes by. Equal questions get equal answers: nothing is remembered between them. */
export interface Asked {
  readonly space: SearchSpace
  readonly seed: number
  /** How many trials the study is to have. */
  readonly trials: number
  /** Every trial so far, in the order they were proposed. */
  readonly history: readonly Trialled[]
  /** At how many rungs trials are compared, the whole budget the last of them; 1 where none is stopped early. */
  readonly rungs?: number
}

/**
 * Where the next trial should be; `wait` while that depends on trials that still run, null where the method
 * has nothing left to propose.
 */
export type Propose = (asked: Asked) => UnitPoint | 'wait' | null

/** The measured trials, best first; equal ones in the order they were proposed. */
export const bestFirst = (history: readonly Trialled[]) =>
  history
    .flatMap(({ unit, outcome }) =>
      outcome.kind === 'measured' && Number.isFinite(outcome.value)
        ? [{ unit, value: outcome.value }]
        : [],
    )
    .toSorted((a, b) => a.value - b.value)
