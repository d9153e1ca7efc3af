import { pathsOf, pointAt } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import { surrogateOf } from '../surrogate.ts'
import { bestFirst } from './method.ts'
import type { Asked, Propose } from './method.ts'
import { randomPoint } from './random.ts'

/** A part of the unit cube. */
export interface Box {
  readonly low: UnitPoint
  readonly high: UnitPoint
}

/** One round of zooming: from which box its trials are drawn, and which sides were widened to reach it. */
export interface Round {
  readonly box: Box
  readonly trials: number
  /** Dimensions (as in `pathsOf`) whose best points lay at the border of the box before. */
  readonly widened: readonly number[]
}

export const DEFAULT_ROUNDS = 3
/** The share of a round's points that its successor closes in on. */
const ELITE = 0.2
/** A best point this near to a box's side, as a share of its width, lies at the border. */
const BORDER = 0.05
/** Air around the best points, as a share of their spread; and no box narrower than this share of the last. */
const AIR = 0.25
const NARROWEST = 0.25

const clamp = (x: number) => Math.min(1, Math.max(0, x))

/** How the trials are shared: equal rounds, what does not divide goes to the first. */
export function roundSizes(trials: number, rounds: number): readonly number[] {
  const each = Math.max(1, Math.floor(trials / rounds))
  const sizes = Array.from({ length: Math.min(rounds, trials) }, () => each)
  sizes[0] = trials - each * (sizes.length - 1)
  return sizes
}

/**
 * The measured points, best first. Where trials are stopped early, by what a Gaussian process believes that each
 * would have come to: those that were stopped had not the steps of the others, and what learns fastest at first
 * would be taken for the best.
 */
function rankedOf(asked: Asked): readonly UnitPoint[] {
  const measured = bestFirst(asked.history).map(({ unit }) => unit)
  const belief = (asked.rungs ?? 1) > 1 ? surrogateOf(asked) : null
  if (belief === null) return measured
  const believed = measured.map((unit) => ({ unit, mean: belief.believe(unit).mean }))
  return believed.toSorted((a, b) => a.mean - b.mean).map(({ unit }) => unit)
}

/**
 * The box around the best points of the last one: narrower, or moved and widened where the best lay at its border.
 * A dimension is judged by the points that have it, as `hasOf` says: the others lie in its middle by convention.
 */
export function nextBox(
  box: Box,
  bestToWorst: readonly UnitPoint[],
  hasOf: (unit: UnitPoint) => (d: number) => boolean = () => () => true,
): Omit<Round, 'trials'> {
  const ranked = bestToWorst.map((unit) => ({ unit, has: hasOf(unit) }))
  const widened: number[] = []
  const sides = box.low.map((low, d) => {
    const high = box.high[d] ?? 1
    const width = high - low
    const having = ranked.filter(({ has }) => has(d))
    const elite = having.slice(0, Math.max(2, Math.ceil(having.length * ELITE)))
    if (elite.length === 0) return [low, high] as const
    const places = elite.map(({ unit }) => unit[d] ?? 0.5)
    const best = places[0] ?? 0.5
    const [least, most] = [Math.min(...places), Math.max(...places)]
    const air = Math.max((most - least) * AIR, (width * NARROWEST) / 2 - (most - least) / 2)
    let [from, to] = [least - air, most + air]
    // The best at the border: what is better may lie beyond, so this side opens instead of closing.
    const atLow = best - low < width * BORDER && low > 0
    const atHigh = high - best < width * BORDER && high < 1
    if (atLow) from = low - width / 2
    if (atHigh) to = high + width / 2
    if (atLow || atHigh) widened.push(d)
    else [from, to] = [Math.max(low, from), Math.min(high, to)]
    return [clamp(from), clamp(to)] as const
  })
  return {
    box: { low: sides.map(([from]) => from), high: sides.map(([, to]) => to) },
    widened,
  }
}

/** The rounds so far, each box made of the trials of the rounds before it. */
export function roundsOf(asked: Asked, rounds: number): readonly Round[] {
  const { space, trials, history } = asked
  const paths = pathsOf(space)
  const dimensions = paths.length
  const hasOf = (unit: UnitPoint) => {
    const point = pointAt(space, unit)
    return (d: number) => Object.hasOwn(point, paths[d] ?? '')
  }
  let box: Box = { low: Array<number>(dimensions).fill(0), high: Array<number>(dimensions).fill(1) }
  const made: Round[] = []
  let done = 0
  for (const size of roundSizes(trials, rounds)) {
    if (made.length > 0 && history.length < done) break
    const before = { ...asked, history: history.slice(0, done) }
    const step = made.length === 0 ? { box, widened: [] } : nextBox(box, rankedOf(before), hasOf)
    box = step.box
    made.push({ ...step, trials: size })
    done += size
  }
  return made
}

/**
 * Random points, then random points closer around the best ones, denser each round. A round begins when the
 * one before it is done, so that however many trials run at once the same ones are proposed.
 */
export const proposeCoarseToFine =
  (rounds = DEFAULT_ROUNDS): Propose =>
  (asked) => {
    const { space, seed, history } = asked
    const made = roundsOf(asked, rounds)
    const before = made.slice(0, -1).reduce((sum, round) => sum + round.trials, 0)
    if (history.slice(0, before).some(({ outcome }) => outcome.kind === 'running')) return 'wait'
    const box = made.at(-1)?.box
    return randomPoint(pathsOf(space).length, seed, history.length).map((u, d) => {
      const [low, high] = [box?.low[d] ?? 0, box?.high[d] ?? 1]
      return low + (high - low) * u
    })
  }
