import type { TableRow } from './CurveTable.vue'
import { createBuckets } from './buckets.ts'
import type { CurveData, Range } from './curve-data.ts'

const MOST_ROWS = 50

/** What is in view in fifty lines at most, extremes kept. */
export function tableRowsOf(curves: CurveData, { from, to }: Range): readonly TableRow[] {
  const seen = curves.train().filter(({ step }) => step > from && step <= to)
  const pick = (key: 'step' | 'min' | 'max' | 'mean') => Float64Array.from(seen, (one) => one[key])
  const few = createBuckets(MOST_ROWS)
  few.replace({
    metric: 'cost',
    branch: 'b1',
    step: pick('step'),
    min: pick('min'),
    max: pick('max'),
    mean: pick('mean'),
  })
  const dev = curves.dev()
  return few.points.map(({ step, min, mean, max }) => {
    const evaluated = dev.findLast(({ x }) => x <= step)
    return { step, min, mean, max, dev: evaluated?.y ?? null }
  })
}
