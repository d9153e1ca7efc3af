/** A place known in both: after `step` steps the axis stands at `x`. */
export interface Anchor {
  readonly step: number
  readonly x: number
}

/** A stretch of the axis in which no step was made: a pause on the wall clock. */
export interface Jump {
  readonly step: number
  readonly from: number
  readonly to: number
}

/** Steps to the axis's own unit and back. Both ways never fall; where the axis jumps, the step stands still. */
export interface AxisMap {
  at(step: number): number
  stepAt(x: number): number
  readonly jumps: readonly Jump[]
}

export const STEPS: AxisMap = { at: (step) => step, stepAt: (x) => x, jumps: [] }

/** In order, and never falling: an anchor that contradicts the ones before it is left out. */
export function ordered(anchors: readonly Anchor[]): readonly Anchor[] {
  const sorted = anchors
    .filter(({ step, x }) => Number.isFinite(step) && Number.isFinite(x))
    .toSorted((a, b) => a.step - b.step || a.x - b.x)
  const kept: Anchor[] = []
  for (const anchor of sorted) {
    const last = kept.at(-1)
    if (
      last !== undefined &&
      (anchor.x < last.x || (anchor.step === last.step && anchor.x === last.x))
    )
      continue
    kept.push(anchor)
  }
  return kept
}

/** Index of the first anchor whose value is at least `value`. */
function indexAt(anchors: readonly Anchor[], key: keyof Anchor, value: number): number {
  let low = 0
  let high = anchors.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (anchors[middle]![key] < value) low = middle + 1
    else high = middle
  }
  return low
}

function between(a: Anchor, b: Anchor, from: keyof Anchor, to: keyof Anchor, value: number) {
  const span = b[from] - a[from]
  if (span <= 0) return b[to]
  return a[to] + ((value - a[from]) / span) * (b[to] - a[to])
}

/** Piecewise linear between anchors; outside of them at `perStep` units a step (more than zero). */
export function axisThrough(anchors: readonly Anchor[], perStep: number): AxisMap {
  const known = ordered(anchors)
  const first = known[0] ?? { step: 0, x: 0 }
  const last = known.at(-1) ?? first
  const jumps = known.flatMap((anchor, i): Jump[] => {
    const before = known[i - 1]
    return before !== undefined && before.step === anchor.step
      ? [{ step: anchor.step, from: before.x, to: anchor.x }]
      : []
  })
  return {
    jumps,
    at(step) {
      if (step <= first.step) return first.x + (step - first.step) * perStep
      if (step > last.step) return last.x + (step - last.step) * perStep
      const i = indexAt(known, 'step', step)
      return between(known[i - 1]!, known[i]!, 'step', 'x', step)
    },
    stepAt(x) {
      if (x <= first.x) return first.step + (x - first.x) / perStep
      if (x > last.x) return last.step + (x - last.x) / perStep
      const i = indexAt(known, 'x', x)
      return between(known[i - 1]!, known[i]!, 'x', 'step', x)
    },
  }
}

/** Units a step of the last stretch that has both; the fallback where there is none. */
export function paceOf(anchors: readonly Anchor[], fallback: number): number {
  const known = ordered(anchors)
  for (let i = known.length - 1; i > 0; i--) {
    const [a, b] = [known[i - 1]!, known[i]!]
    if (b.step > a.step && b.x > a.x) return (b.x - a.x) / (b.step - a.step)
  }
  return fallback
}
