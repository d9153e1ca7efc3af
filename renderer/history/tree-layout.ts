import type { Branch, BranchId, RunSnapshot } from '../../core/protocol/run.ts'
import { lineageOf } from '../run/lineage.ts'
import type { DayCard } from '../run/lineage.ts'
import { bestOf } from './day-names.ts'

/** Something on a branch that one can stand on. */
export interface TreePoint {
  readonly key: string
  readonly kind: 'start' | 'day' | 'tip' | 'now'
  readonly branch: BranchId
  readonly step: number
  readonly lane: number
  readonly x: number
  readonly y: number
  readonly isGhost: boolean
  readonly isBest: boolean
  /** The closed day that stands here; null for a tip and for now. */
  readonly card: DayCard | null
}

/** A branch as a level line, and the line down to it from its parent. */
export interface TreeLane {
  readonly branch: Branch
  readonly lane: number
  readonly y: number
  /** Where it leaves its parent, where the head's history leaves it, and where it ends. */
  readonly fromX: number
  readonly keptX: number
  readonly toX: number
  /** The height of the parent's line; null for the first branch. */
  readonly parentY: number | null
  readonly isOnLineage: boolean
}

export interface TreeLabel {
  readonly text: string
  readonly kind: 'branch' | 'day'
  readonly isGhost: boolean
  /** The box that it fills, in px. Its text starts at the left edge and stands on `y + height`. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Tree {
  readonly width: number
  readonly height: number
  readonly lanes: readonly TreeLane[]
  readonly points: readonly TreePoint[]
  readonly labels: readonly TreeLabel[]
  readonly xOf: (step: number) => number
  readonly lastStep: number
}

export type TreeSource = Pick<RunSnapshot, 'branches' | 'branch' | 'step' | 'journal'>

const PAD = 18
/** An end stands at least this far from the day before it, so that both can be seen and pointed at. */
const END_APART = 16
const TOP = 42
const PITCH = 52
const TEXT_HEIGHT = 13
/** A letter of 11 px, on average, with some to spare. */
const LETTER = 6.4
/** Room that a day wants to be told from its neighbours; a long run scrolls. */
const DAY_WIDTH = 16

/**
 * Branches from top to bottom: each below its parent, the latest fork nearest to it, so that no line down
 * crosses another branch.
 */
function inLanes(branches: readonly Branch[]): readonly Branch[] {
  const forksOf = (parent: BranchId | null) =>
    branches
      .filter((branch) => branch.parent === parent)
      .sort((a, b) => b.forkStep - a.forkStep || a.createdAt - b.createdAt)
  const placed: Branch[] = []
  const place = (branch: Branch) => {
    placed.push(branch)
    forksOf(branch.branch).forEach(place)
  }
  forksOf(null).forEach(place)
  return placed
}

function titleOf({ branch, parent, reason }: Branch, { journal }: TreeSource): string {
  if (parent === null) return branch
  if (reason !== null && reason !== '') return `${branch} · ${reason}`
  const made = journal.find(
    (entry) => (entry.kind === 'rollback' || entry.kind === 'undo') && entry.branch === branch,
  )
  return made?.kind === 'undo' ? `${branch} · nudge undone` : branch
}

const LONGEST_TITLE = 48
const clipped = (text: string, width: number) => {
  const letters = Math.max(4, Math.min(LONGEST_TITLE, Math.floor(width / LETTER)))
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text
}
const textWidth = (text: string) => text.length * LETTER

/** The tree of a run's branches, drawn `width` px wide, or wider where its days need the room. */
export function treeOf(source: TreeSource, cards: readonly DayCard[], width: number): Tree {
  const ordered = inLanes(source.branches)
  const lineage = lineageOf(source)
  const keptTo = new Map(lineage.map(({ branch, to }) => [branch, to]))
  const tips = ordered.map(({ tipStep }) => tipStep)
  const lastStep = Math.max(1, source.step, ...tips)
  const days = Math.max(0, ...cards.map(({ day }) => day))
  const whole = Math.max(width, 2 * PAD + END_APART + days * DAY_WIDTH)
  const xOf = (step: number) => PAD + (step / lastStep) * (whole - 2 * PAD - END_APART)
  const laneOf = new Map(ordered.map(({ branch }, lane) => [branch, lane]))
  const yOf = (lane: number) => TOP + lane * PITCH

  const lanes = ordered.map((branch, lane): TreeLane => {
    const isHead = branch.branch === source.branch
    const tip = isHead ? Math.max(source.step, branch.tipStep) : branch.tipStep
    const kept = isHead ? tip : (keptTo.get(branch.branch) ?? branch.forkStep)
    const own = cards.filter((card) => card.branch === branch.branch)
    const last = own.at(-1)?.toStep
    // Now is marked beside a day that just closed; an end that is a day, or a fork, is where that is.
    const isMarkedApart = last !== undefined && (isHead || (last !== tip && kept !== tip))
    const toX = isMarkedApart ? Math.max(xOf(tip), xOf(last) + END_APART) : xOf(tip)
    const parentLane = branch.parent === null ? undefined : laneOf.get(branch.parent)
    return {
      branch,
      lane,
      y: yOf(lane),
      fromX: xOf(branch.forkStep),
      keptX: isHead ? toX : xOf(kept),
      toX: Math.max(toX, xOf(kept)),
      parentY: parentLane === undefined ? null : yOf(parentLane),
      isOnLineage: keptTo.has(branch.branch),
    }
  })
  const points = pointsOf(source, cards, lanes, xOf)
  const labels = labelsOf(source, lanes, points, whole)
  const height = TOP + (lanes.length - 1) * PITCH + 30
  return { width: whole, height, lanes, points, labels, xOf, lastStep }
}

function pointsOf(
  source: TreeSource,
  cards: readonly DayCard[],
  lanes: readonly TreeLane[],
  xOf: (step: number) => number,
): readonly TreePoint[] {
  const best = bestOf(cards)
  return lanes.flatMap(({ branch: { branch, tipStep }, lane, y, keptX, toX }) => {
    const place = (step: number) => ({ branch, step, lane, x: xOf(step), y })
    const own = cards.filter((card) => card.branch === branch)
    const days = own.map((card): TreePoint => ({
      ...place(card.toStep),
      key: `${branch}:${card.day}`,
      kind: card.day === 0 ? 'start' : 'day',
      isGhost: card.isGhost,
      isBest: card === best,
      card,
    }))
    const end = { x: toX, isBest: false, card: null }
    if (branch === source.branch) {
      const now = { ...place(Math.max(source.step, tipStep)), ...end }
      return [...days, { ...now, key: 'now', kind: 'now' as const, isGhost: false }]
    }
    const isMarked = days.some(({ step }) => step === tipStep)
    const tip = { ...place(tipStep), ...end, key: `${branch}:tip`, isGhost: toX > keptX }
    return isMarked ? days : [...days, { ...tip, kind: 'tip' as const }]
  })
}

type Box = Pick<TreeLabel, 'x' | 'y' | 'width'>
const LETTERS_APART = 8
const isCrowded = (one: Box, other: Box) =>
  one.y === other.y &&
  one.x < other.x + other.width + LETTERS_APART &&
  other.x < one.x + one.width + LETTERS_APART

/** Each branch's title over its line, and under it the numbers of as many days as have room. */
function labelsOf(
  source: TreeSource,
  lanes: readonly TreeLane[],
  points: readonly TreePoint[],
  whole: number,
): readonly TreeLabel[] {
  const titles = lanes.map(({ branch, y, fromX, isOnLineage }): TreeLabel => {
    const text = clipped(titleOf(branch, source), whole - 8)
    const width = textWidth(text)
    const x = Math.max(4, Math.min(fromX + 6, whole - width - 4))
    const box = { x, y: y - 10 - TEXT_HEIGHT, width, height: TEXT_HEIGHT }
    return { ...box, text, kind: 'branch', isGhost: !isOnLineage }
  })
  const numbers: TreeLabel[] = []
  // The best day says so in words, and is told whatever else finds no room.
  const days = points.filter(({ kind }) => kind === 'day')
  for (const { card, x, y, isGhost, isBest } of days.toSorted(
    (one, other) => Number(other.isBest) - Number(one.isBest),
  )) {
    const text = `${card?.day ?? 0}${isBest ? ' best' : ''}`
    const width = textWidth(text)
    const left = Math.max(2, Math.min(x - width / 2, whole - width - 2))
    const box = { x: left, y: y + 7, width, height: TEXT_HEIGHT }
    if (numbers.some((other) => isCrowded(box, other))) continue
    numbers.push({ ...box, text, kind: 'day', isGhost })
  }
  return [...titles, ...numbers]
}

/** Where a key leads from a point: along the branch, or to the nearest point of the one above or below. */
export function neighbourOf(tree: Tree, from: TreePoint, key: string): TreePoint | undefined {
  const onLane = (lane: number) => tree.points.filter((point) => point.lane === lane)
  const mine = onLane(from.lane)
  const at = mine.findIndex((point) => point.key === from.key)
  const nearest = (points: readonly TreePoint[]) =>
    points.toSorted((a, b) => Math.abs(a.x - from.x) - Math.abs(b.x - from.x))[0]
  switch (key) {
    case 'ArrowLeft': {
      if (at > 0) return mine[at - 1]
      const parent = tree.lanes[from.lane]?.branch.parent
      return tree.points.findLast(({ branch, step }) => branch === parent && step <= from.step)
    }
    case 'ArrowRight':
      return mine[at + 1]
    case 'ArrowUp':
      return nearest(onLane(from.lane - 1))
    case 'ArrowDown':
      return nearest(onLane(from.lane + 1))
    case 'Home':
      return mine[0]
    case 'End':
      return mine.at(-1)
    default:
      return undefined
  }
}
