import type {
  Branch,
  BranchId,
  CheckpointId,
  DaySummary,
  JournalEntry,
  RunSnapshot,
} from '../../core/protocol/run.ts'

/** A stretch of steps (from, to] recorded on one branch. */
export interface Stretch {
  readonly branch: BranchId
  readonly from: number
  readonly to: number
  /** The checkpoint at which the lineage left this branch; null on the head's own. */
  readonly leftAt: CheckpointId | null
}

type Head = Pick<RunSnapshot, 'branches' | 'branch' | 'step'>

/** The way from the first step to the head, oldest stretch first. */
export function lineageOf({ branches, branch, step }: Head): readonly Stretch[] {
  const byId = new Map(branches.map((known) => [known.branch, known]))
  const stretches: Stretch[] = []
  let to = step
  let leftAt: CheckpointId | null = null
  for (let at = byId.get(branch); at !== undefined;) {
    const from = Math.min(at.forkStep, to)
    stretches.unshift({ branch: at.branch, from, to, leftAt })
    if (at.parent === null) break
    to = from
    leftAt = at.forkCheckpoint
    at = byId.get(at.parent)
  }
  return stretches
}

/** Every recorded stretch that is not on the lineage. */
export function ghostsOf(
  branches: readonly Branch[],
  lineage: readonly Stretch[],
): readonly Stretch[] {
  return branches.flatMap(({ branch, forkStep, tipStep }) => {
    const kept = lineage.find((stretch) => stretch.branch === branch)
    if (kept?.leftAt === null) return [] // the head's own branch, however far its records reach
    const from = kept === undefined ? forkStep : kept.to
    return tipStep > from ? [{ branch, from, to: tipStep, leftAt: null }] : []
  })
}

const numberOf = (id: CheckpointId) => Number(id.slice(1))

type Nudge = JournalEntry & { readonly kind: 'nudge' }

/** Is this nudge part of the head's history, or was it left behind on a ghost? */
function isOnLineage(nudge: Nudge, lineage: readonly Stretch[]): boolean {
  const stretch = lineage.find(({ branch }) => branch === nudge.branch)
  if (stretch === undefined) return false
  if (stretch.leftAt === null || nudge.step < stretch.to) return true
  // At the fork's own step the order of the checkpoints tells whether the nudge came before it.
  return nudge.step === stretch.to && numberOf(stretch.leftAt) > numberOf(nudge.checkpoint)
}

/** The nudges in the head's history, oldest first. */
export function nudgesOf(snapshot: RunSnapshot): readonly Nudge[] {
  const lineage = lineageOf(snapshot)
  return snapshot.journal.filter(
    (entry): entry is Nudge => entry.kind === 'nudge' && isOnLineage(entry, lineage),
  )
}

/** One card of the days strip. */
export interface DayCard {
  readonly day: number
  readonly branch: BranchId
  readonly checkpoint: CheckpointId
  /** What `run:rollback` takes. */
  readonly target: string
  readonly isGhost: boolean
  /** The steps (fromStep, toStep]. */
  readonly fromStep: number
  readonly toStep: number
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  /** Change against the day before on the lineage: of the dev cost, else of the train cost. */
  readonly delta: number | null
  readonly endedAt: number
}

const changeOf = (now: number | null, before: number | null | undefined) =>
  now === null || before === null || before === undefined ? null : now - before

function cardOf(day: DaySummary, isGhost: boolean, before: DaySummary | undefined): DayCard {
  const { branch, checkpoint, fromStep, toStep, cost, devCost, devAccuracy, endedAt } = day
  const delta = changeOf(devCost, before?.devCost) ?? changeOf(cost, before?.cost)
  return {
    day: day.day,
    branch,
    checkpoint,
    target: isGhost ? `${branch}:${day.day}` : String(day.day),
    isGhost,
    fromStep,
    toStep,
    cost,
    devCost,
    devAccuracy,
    delta,
    endedAt,
  }
}

/** Closed days of every branch in the order they ended, after day 0: the state before the first step. */
export function dayCardsOf(snapshot: RunSnapshot): readonly DayCard[] {
  const lineage = lineageOf(snapshot)
  const cards: DayCard[] = []
  const initial = snapshot.checkpoints.find(({ kind }) => kind === 'initial')
  if (initial !== undefined) {
    const { branch, checkpoint, cost, devCost, devAccuracy, createdAt } = initial
    const start = { branch, checkpoint, cost, devCost, devAccuracy, endedAt: createdAt }
    const steps = { fromStep: 0, toStep: 0 }
    cards.push({ ...start, ...steps, day: 0, target: '0', isGhost: false, delta: null })
  }
  let before: DaySummary | undefined
  for (const day of snapshot.days) {
    const stretch = lineage.find(({ branch }) => branch === day.branch)
    // A day is told the moment it ends, the steps that ended it up to a batch of metrics later.
    const isLeft = stretch === undefined || stretch.leftAt !== null
    const isGhost = isLeft && day.toStep > (stretch?.to ?? 0)
    cards.push(cardOf(day, isGhost, isGhost ? undefined : before))
    if (!isGhost) before = day
  }
  return cards
}

/** Closed days of the head's history. */
export const lineageDaysOf = (snapshot: RunSnapshot): readonly DayCard[] =>
  dayCardsOf(snapshot).filter(({ day, isGhost }) => day > 0 && !isGhost)
