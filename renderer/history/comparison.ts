import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import type { BranchId, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'
import { lineageOf, nudgesOf } from '../run/lineage.ts'
import type { DayCard, Stretch } from '../run/lineage.ts'
import { formatCount } from '../ui/format.ts'
import { nameOf } from './day-names.ts'
import { checkpointAt } from './tree-words.ts'

/** What is laid beside another: a day, a branch from the first step on, or what a branch did after a step. */
export type Pick =
  | { readonly kind: 'day'; readonly branch: BranchId; readonly day: number }
  | { readonly kind: 'branch'; readonly branch: BranchId }
  | {
      readonly kind: 'after'
      readonly branch: BranchId
      readonly from: number
      /** Null: as far as the branch goes. */
      readonly to: number | null
    }

/** More curves than this over each other are a knot. */
export const MOST_PICKS = 4

export function pickKey(pick: Pick): string {
  switch (pick.kind) {
    case 'day':
      return `${pick.branch}:${pick.day}`
    case 'branch':
      return pick.branch
    case 'after':
      return `${pick.branch}:${pick.from}-${pick.to ?? ''}`
  }
}

type Knobs = ReadonlyMap<HyperparameterName, number>

/** A pick with all that is shown of it. */
export interface Compared {
  readonly key: string
  readonly label: string
  /** The steps (from, to] along the branch's whole way. */
  readonly branch: BranchId
  readonly from: number
  readonly to: number
  readonly isGhost: boolean
  /** At its end; null where nothing was measured there. */
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  /** As they were asked for, at its end. */
  readonly knobs: Knobs
}

/**
 * The knobs of a branch's last step up to `step`, as they were asked for. What no nudge on the way changed is as
 * it was at the start: what the run's first nudge of it changed it from, else what it is now.
 */
export function knobsAt(snapshot: RunSnapshot, branch: BranchId, step: number): Knobs {
  const knobs = new Map<HyperparameterName, number>()
  for (const [name, reading] of Object.entries(snapshot.readings)) {
    knobs.set(name as HyperparameterName, reading.requested)
  }
  const nudges = snapshot.journal.flatMap((entry) => (entry.kind === 'nudge' ? [entry] : []))
  for (const { changes } of nudges.toReversed()) {
    for (const { name, from } of changes) knobs.set(name, from)
  }
  for (const { changes, firstStep } of nudgesOf({ ...snapshot, branch, step })) {
    if (firstStep > step) continue
    for (const { name, to } of changes) knobs.set(name, to)
  }
  return knobs
}

const isHead = (snapshot: RunSnapshot, branch: BranchId) => branch === snapshot.branch

function tipOf(snapshot: RunSnapshot, branch: BranchId): number | null {
  if (isHead(snapshot, branch)) return snapshot.step
  return snapshot.branches.find((known) => known.branch === branch)?.tipStep ?? null
}

function numbersAtEnd(snapshot: RunSnapshot, branch: BranchId, to: number) {
  if (isHead(snapshot, branch) && to >= snapshot.step) return snapshot
  const saved = checkpointAt(snapshot, branch, to)
  return saved?.step === to ? saved : { cost: null, devCost: null, devAccuracy: null }
}

/** All that is shown of a pick; null if the run has no such thing. */
export function comparedOf(
  pick: Pick,
  snapshot: RunSnapshot,
  cards: readonly DayCard[],
): Compared | null {
  const { branch } = pick
  const key = pickKey(pick)
  if (pick.kind === 'day') {
    const card = cards.find((one) => one.branch === branch && one.day === pick.day)
    if (card === undefined) return null
    const { fromStep: from, toStep: to, isGhost, cost, devCost, devAccuracy } = card
    const knobs = knobsAt(snapshot, branch, to)
    return {
      key,
      label: nameOf(card),
      branch,
      from,
      to,
      isGhost,
      cost,
      devCost,
      devAccuracy,
      knobs,
    }
  }
  const tip = tipOf(snapshot, branch)
  if (tip === null) return null
  const from = pick.kind === 'after' ? pick.from : 0
  const to = (pick.kind === 'after' ? pick.to : null) ?? tip
  const isGhost = !isHead(snapshot, branch)
  const { cost, devCost, devAccuracy } = numbersAtEnd(snapshot, branch, to)
  const knobs = knobsAt(snapshot, branch, to)
  const name = isGhost ? `ghost ${branch}` : branch
  const label = pick.kind === 'after' ? `${name} after step ${formatCount(from)}` : name
  return { key, label, branch, from, to, isGhost, cost, devCost, devAccuracy, knobs }
}

/** Of the longest, each spans some 5 pixels: the mean is a calm line, and the band around it shows the spread. */
const POINTS = 160

/** What to ask for to draw each: all in the same grain, or the coarser would look the calmer. */
export function queriesOf(compared: readonly Compared[], metric: string): readonly SeriesQuery[] {
  const longest = Math.max(1, ...compared.map(({ from, to }) => to - from))
  return compared.map(({ branch, from, to }) => {
    const points = Math.max(1, Math.round((POINTS * (to - from)) / longest))
    return { metric, branch, scope: 'lineage', from, to, points }
  })
}

/** The last step that two ways have in common. */
function partingOf(one: readonly Stretch[], other: readonly Stretch[]): number {
  let parting = 0
  for (const [i, part] of one.entries()) {
    const beside = other[i]
    if (beside?.branch !== part.branch) break
    parting = Math.min(part.to, beside.to)
    if (part.to !== beside.to) break
  }
  return parting
}

/** The newest rollback's two futures: the ghost that it left, and what came after instead. */
export function ghostPicks(snapshot: RunSnapshot): readonly Pick[] | null {
  const entry = snapshot.journal.findLast(({ kind }) => kind === 'rollback' || kind === 'undo')
  if (entry?.kind !== 'rollback' && entry?.kind !== 'undo') return null
  const { from: left, branch } = entry
  const from = snapshot.branches.find((known) => known.branch === branch)?.forkStep
  if (from === undefined) return null
  const parting = partingOf(
    lineageOf({ ...snapshot, branch: left.branch, step: left.step }),
    lineageOf({ ...snapshot, branch, step: from }),
  )
  if (left.step <= parting) return null
  return [
    { kind: 'after', branch: left.branch, from: parting, to: left.step },
    { kind: 'after', branch, from: parting, to: null },
  ]
}

/** A knob that is not the same in all that is compared, with its value in each; null where one has none. */
export interface DifferingKnob {
  readonly name: HyperparameterName
  readonly label: string
  readonly values: readonly (number | null)[]
}

export function differingKnobs(compared: readonly Compared[]): readonly DifferingKnob[] {
  const names = new Set(compared.flatMap(({ knobs }) => [...knobs.keys()]))
  return [...names].flatMap((name) => {
    const values = compared.map(({ knobs }) => knobs.get(name) ?? null)
    if (new Set(values).size < 2) return []
    return [{ name, label: describeHyperparameter(name).label, values }]
  })
}
