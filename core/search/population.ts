import type { Dimension, Point, Scalar, SearchSpace } from '../protocol/space.ts'
import { uniform } from '../random/index.ts'
import { pathsOf, placeOf, pointAt, unitOf, valueAt } from './space.ts'

/** A member of a population, as the exchange sees it. */
export interface Member {
  readonly trial: number
  readonly point: Point
  /** What was measured at each rung, its ancestors' included; lower is better. Not finite where it diverged. */
  readonly measured: readonly number[]
  /** At which rung it came as a copy of another; 0 for a founder. */
  readonly born: number
  /** It has something left to train; or it diverged; or it has left in another way. */
  readonly life: 'living' | 'diverged' | 'gone'
  readonly isRunning: boolean
}

/** What decides how a population is bred. */
export interface Breeding {
  /** How many members there are at once. */
  readonly size: number
  /** The share of members that gives way at a rung, and the share that is copied. */
  readonly share: number
  readonly space: SearchSpace
  readonly seed: number
}

export interface Child {
  readonly trial: number
  readonly parent: number
  readonly point: Point
}

/** What a free place should do. */
export type PopulationChoice =
  | { readonly kind: 'train'; readonly trial: number }
  /** One of the first members is yet to be drawn. */
  | { readonly kind: 'found' }
  | {
      readonly kind: 'exchange'
      readonly rung: number
      readonly replaced: readonly number[]
      readonly children: readonly Child[]
    }
  /** Others must reach the rung first. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'none' }

/** The streams of a study's seed that choose parents, and that change their hyperparameters. */
const PARENT_STREAM = 500
const CHANGE_STREAM = 501
/** How far a hyperparameter moves, as a share of its range on its own scale. */
const STEP = 0.1
/** How often it is drawn anew instead. */
const REDRAWN = 0.1
/** How often a copy that would be its parent, or another copy of it, is changed in another way. */
const MOST_DRAWS = 200
/** More than the dimensions that streams are taken for. */
const STREAMS_PER_DRAW = 10_000

/** Is this a hyperparameter that may change while a network trains? All else is what its weights were made for. */
export const isLive = (path: string): boolean => path.startsWith('hyperparameters.')

/** The place one step up or down a dimension's scale: at least a whole number or a choice away. */
function moved(path: string, dimension: Dimension, from: Scalar, isUp: boolean): number {
  const place = placeOf(path, dimension, from)
  const ways = (isUp ? [1, -1] : [-1, 1]).map((sign) => {
    const to = Math.min(1, Math.max(0, place + sign * STEP))
    if (dimension.type === 'real') return Math.abs(to - place) < STEP / 2 ? null : to
    if (valueAt(path, dimension, to) !== from) return to
    const next = neighbour(dimension, from, sign)
    return next === undefined ? null : placeOf(path, dimension, next)
  })
  // No room at this end of the range: the other way.
  return ways[0] ?? ways[1] ?? place
}

/** The next whole number or choice; none at the end. A step that is smaller than one goes there. */
function neighbour(dimension: Dimension, from: Scalar, sign: number): Scalar | undefined {
  if (dimension.type === 'choice') return dimension.values[dimension.values.indexOf(from) + sign]
  const next = Number(from) + sign
  return next >= dimension.low && next <= dimension.high ? next : undefined
}

/**
 * A point near a parent's: each hyperparameter a step up or down on its own scale, or now and then drawn
 * anew. What the weights were made for stays as it is, and so does what is no longer searched.
 */
export function perturbed(
  space: SearchSpace,
  parent: Point,
  seed: number,
  trial: number,
  drawn = 0,
): Point {
  const paths = pathsOf(space)
  const stream = CHANGE_STREAM + drawn * STREAMS_PER_DRAW
  const draw = (d: number, nth: number) => uniform(seed, stream + d, trial * 2 + nth)
  const unit = unitOf(space, parent).map((place, d) => {
    const [path = '', dimension] = [paths[d], space[paths[d] ?? '']]
    if (dimension === undefined || !isLive(path)) return place
    const from = parent[path]
    const first = draw(d, 0)
    if (from === undefined || first < REDRAWN) return draw(d, 1)
    return moved(path, dimension, from, draw(d, 1) < 0.5)
  })
  // Places lose a value's last bits, so all that is inherited is taken from the parent itself.
  const asked = pointAt(space, unit)
  const changed = Object.entries(asked).filter(([path]) => isLive(path))
  const inherited = Object.entries(parent).filter(
    ([path]) => !isLive(path) || space[path] === undefined,
  )
  return Object.fromEntries([...inherited, ...changed])
}

/**
 * Population-based training (Jaderberg et al. 2017) in generations: every living member trains to the next
 * rung; then those that diverged and the worst of the others give way to changed copies of the best. Nobody
 * is ahead of the others, so the same members come to the same children however many train at once.
 */
export function choosePopulation(breeding: Breeding, members: readonly Member[]): PopulationChoice {
  const living = members.filter(({ life }) => life === 'living')
  const founders = members.filter(({ born }) => born === 0).length
  const isFull = founders >= breeding.size
  const rung = isFull ? Math.min(...living.map(({ measured }) => measured.length)) : 0
  const behind = living.filter(({ measured }) => measured.length === rung)

  const isDue =
    isFull &&
    rung > 0 &&
    behind.length === living.length &&
    !living.some(({ isRunning }) => isRunning)
  if (isDue && !members.some(({ born }) => born === rung)) {
    const exchange = exchangeAt(rung, breeding, members)
    if (exchange.children.length > 0) return exchange
  }
  const next = behind.find(({ isRunning }) => !isRunning)
  if (next !== undefined) return { kind: 'train', trial: next.trial }
  if (!isFull) return { kind: 'found' }
  return { kind: living.length > 0 ? 'wait' : 'none' }
}

/** What decides whether a population is still being founded. */
interface Beginner {
  readonly isLiving: boolean
  /** How many rungs it has reached. */
  readonly rung: number
  readonly isCopy: boolean
}

/** Is the first generation still on its way to the first rung? Only then may others join it. */
export function isFounding(members: readonly Beginner[]): boolean {
  const living = members.filter(({ isLiving }) => isLiving)
  if (living.length > 0) return living.some(({ rung }) => rung === 0)
  return !members.some(({ isCopy }) => isCopy)
}

/**
 * A point near the first of these that none of them is: a copy with the same weights and the same values would
 * only train them twice. Where there are too few others, one of them all the same.
 */
function another(space: SearchSpace, taken: readonly Point[], seed: number, trial: number): Point {
  const [parent = {}] = taken
  const draws = Array.from({ length: MOST_DRAWS }, (_, i) => i)
  const at = (drawn: number) => perturbed(space, parent, seed, trial, drawn)
  const isNew = (point: Point) => !taken.some((one) => isSame(one, point))
  return at(draws.find((drawn) => isNew(at(drawn))) ?? 0)
}

const isSame = (one: Point, other: Point): boolean =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every(
    (path) => one[path] === other[path],
  )

function exchangeAt(rung: number, { share, space, seed }: Breeding, members: readonly Member[]) {
  const ranked = members
    .filter(({ life }) => life === 'living')
    .map((member) => ({ member, value: member.measured[rung - 1] ?? Infinity }))
    .toSorted((a, b) => a.value - b.value || a.member.trial - b.member.trial)
    .map(({ member }) => member)
  const lost = members.filter(
    ({ life, measured }) => life === 'diverged' && measured.length === rung,
  ).length
  const pool = ranked.length + lost
  const count = Math.min(Math.floor(pool / 2), Math.max(1, Math.floor(share * pool)))
  const worse = Math.max(0, count - lost)
  const replaced = ranked.slice(ranked.length - worse)
  const best = ranked.slice(0, Math.max(1, Math.min(count, ranked.length - worse)))
  const children: Child[] = []
  for (let i = 0; i < worse + lost; i++) {
    const trial = members.length + 1 + i
    const parent = best[Math.floor(uniform(seed, PARENT_STREAM, trial) * best.length)]
    if (parent === undefined) break
    const siblings = children.filter((child) => child.parent === parent.trial)
    const taken = [parent, ...siblings].map(({ point }) => point)
    children.push({ trial, parent: parent.trial, point: another(space, taken, seed, trial) })
  }
  const gone = replaced.map(({ trial }) => trial)
  return { kind: 'exchange', rung, replaced: gone, children } as const
}
