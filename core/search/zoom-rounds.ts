import type { Dimension } from '../protocol/space.ts'
import type { ZoomRound } from '../protocol/study.ts'
import { DEFAULT_ROUNDS, roundsOf } from './methods/coarse-to-fine.ts'
import type { Asked } from './methods/method.ts'
import { pathsOf, valueAt } from './space.ts'

/** Whole numbers and choices have shares of the scale: a side that ends a share begins the next as well. */
const insideOf = ({ type }: Dimension): number => (type === 'real' ? 0 : 1e-9)

/**
 * The rounds of coarse to fine that have trials, each with its box as values of the dimensions. `numbers` are
 * those of the trials in `history`. A round whose box still depends on trials that run is not among them.
 */
export function zoomRounds(asked: Asked, numbers: readonly number[]): readonly ZoomRound[] {
  const { space, history } = asked
  const paths = pathsOf(space)
  const running = history.findIndex(({ outcome }) => outcome.kind === 'running')
  const decided = running < 0 ? history.length : running
  let done = 0
  return roundsOf(asked, DEFAULT_ROUNDS).flatMap(({ box, trials, widened }) => {
    const first = done
    done += trials
    const [from, to] = [numbers[first], numbers[Math.min(done, history.length) - 1]]
    if (first >= history.length || first > decided) return []
    if (from === undefined || to === undefined) return []
    const sides = paths.flatMap((path, d) => {
      const dimension = space[path]
      if (dimension === undefined) return []
      const inside = insideOf(dimension)
      const low = valueAt(path, dimension, (box.low[d] ?? 0) + inside)
      const high = valueAt(path, dimension, (box.high[d] ?? 1) - inside)
      return [{ path, low, high, isWidened: widened.includes(d) }]
    })
    return [{ from, to, sides }]
  })
}
