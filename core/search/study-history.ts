import type { Point, SearchSpace } from '../protocol/space.ts'
import type { MethodName } from '../protocol/space.ts'
import type { TrialState } from '../protocol/study.ts'
import type { Outcome, Trialled } from './methods/method.ts'
import { pathsOf, pointAt, unitOf } from './space.ts'

/** What a method is told of a trial. */
export interface PastTrial {
  readonly point: Point
  readonly state: TrialState
  readonly value: number | null
  /** At each rung that it has reached; null where that was not finite. */
  readonly measured: readonly (number | null)[]
  /** Of the study's spaces the one it was proposed in. */
  readonly space: number
}

/** Does a point lie in a space: the same dimensions active, each value within its range? */
export function fits(space: SearchSpace, point: Point): boolean {
  const back = pointAt(space, unitOf(space, point))
  const names = new Set([...Object.keys(back), ...Object.keys(point)])
  return [...names].every((path) => {
    const [is, was] = [back[path], point[path]]
    // A number goes to its place and back with the last bits changed.
    if (typeof is === 'number' && typeof was === 'number') {
      return Math.abs(is - was) <= 1e-9 * Math.max(Math.abs(is), Math.abs(was))
    }
    return is === was
  })
}

function outcomeOf({ state, value }: PastTrial): Outcome {
  switch (state) {
    case 'waiting':
    case 'running':
    case 'paused':
      // One that climbs on is known by the rung it left.
      return value === null ? { kind: 'running' } : { kind: 'measured', value }
    case 'diverged':
    case 'failed':
      return { kind: 'failed' }
    case 'cancelled':
      return value === null ? { kind: 'given-up' } : { kind: 'measured', value }
    case 'done':
    case 'stopped-early':
    case 'replaced':
      return value === null ? { kind: 'failed' } : { kind: 'measured', value }
  }
}

/**
 * The trials that a method goes by. After the space was changed, those that lie outside of it are left out;
 * a grid begins anew, as the places of its points have moved.
 */
export const historyOf = (
  trials: readonly PastTrial[],
  now: { readonly space: SearchSpace; readonly count: number; readonly method: MethodName },
): readonly Trialled[] =>
  trials
    .filter(
      (trial) =>
        trial.space === now.count || (now.method !== 'grid' && fits(now.space, trial.point)),
    )
    .map((trial) => ({
      unit: unitOf(now.space, trial.point),
      outcome: outcomeOf(trial),
      climbed: trial.measured.map((value) => value ?? Number.POSITIVE_INFINITY),
    }))

/** Another seed for each space: a history that was cut must not bring the same draws again. */
export const seedFor = (seed: number, space: number): number =>
  (seed + Math.imul(space, 0x9e37_79b9)) >>> 0

/** What a study may not search: what makes trials comparable, and what no trial uses. */
const FIXED: Readonly<Record<string, string>> = {
  seed: 'decides the split and the first weights, which are the same for all trials',
  data: 'is the same for all trials',
  name: 'is no part of the training',
  threads: 'is 1 for every trial',
  day: 'has no meaning for a trial',
  checkpoint_every: 'decides no step',
}

/** Why a path may not be searched; null where it may. */
export function unsearchable(space: SearchSpace): string | null {
  for (const path of pathsOf(space)) {
    const root = path.split('.')[0] ?? ''
    const isFixed = path !== 'data.normalise' && Object.hasOwn(FIXED, root)
    const reason = isFixed ? FIXED[root] : undefined
    if (reason !== undefined) return `"${path}" cannot be searched: it ${reason}`
  }
  return null
}
