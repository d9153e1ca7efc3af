import type { BranchId, CheckpointId, FlatCondition, JournalEntry, RunSnapshot } from './run.ts'

/** A nudge that waits for a flat dev cost, as its line of the journal says. */
export type PlannedNudge = Extract<JournalEntry, { readonly kind: 'planned' }>

/**
 * The planned nudges that still wait, oldest first. Takes the journal of one lineage, oldest first: a line that
 * a rollback left behind neither makes a plan nor fulfils one.
 */
export function waitingPlans(lineageJournal: readonly JournalEntry[]): readonly PlannedNudge[] {
  const waiting = new Map<number, PlannedNudge>()
  for (const entry of lineageJournal) {
    if (entry.kind === 'planned') waiting.set(entry.id, entry)
    else if (entry.kind === 'plan-dropped') waiting.delete(entry.plan)
    else if (entry.kind === 'nudge' && entry.plan !== undefined) waiting.delete(entry.plan)
  }
  return [...waiting.values()]
}

/** What must be remembered of the dev costs since a plan was made to tell whether they are flat. */
export interface FlatWatch {
  /** The lowest cost before the recent ones; null while there is none. */
  readonly bestBefore: number | null
  /** The latest costs, oldest first: as many as the condition looks at, or fewer so far. */
  readonly recent: readonly number[]
}
export const NOTHING_MEASURED: FlatWatch = { bestBefore: null, recent: [] }

/** The watch once another dev cost is measured. One that is no number counts as the worst there is. */
export function watchCost(
  { bestBefore, recent }: FlatWatch,
  cost: number,
  { evaluations }: FlatCondition,
): FlatWatch {
  const costs = [...recent, Number.isNaN(cost) ? Infinity : cost]
  if (costs.length <= evaluations) return { bestBefore, recent: costs }
  const [leaving = Infinity, ...kept] = costs
  return { bestBefore: Math.min(bestBefore ?? Infinity, leaving), recent: kept }
}

/**
 * Is the dev cost flat? It is when the best of the recent measures is not lower, by the share `tolerance`, than
 * the best before them. Never before there is one measure more than the condition looks at.
 */
export function isFlat({ bestBefore, recent }: FlatWatch, { tolerance }: FlatCondition): boolean {
  if (bestBefore === null) return false
  const best = Math.min(...recent)
  if (best >= bestBefore) return true
  return bestBefore !== Infinity && best > bestBefore - tolerance * Math.abs(bestBefore)
}

/** The watch after these dev costs, oldest first. */
export const watchCosts = (costs: Iterable<number>, condition: FlatCondition): FlatWatch =>
  [...costs].reduce((watch, cost) => watchCost(watch, cost, condition), NOTHING_MEASURED)

const numberOf = (id: CheckpointId | null): number => Number(id?.slice(1) ?? 0)

/**
 * The journal of the head's lineage, oldest first, from a snapshot. Of a parent counts what was written before
 * the checkpoint that its child began with; at that very step the clock tells.
 */
export function lineageEntries({
  journal,
  branches,
  branch,
  checkpoints,
}: Pick<RunSnapshot, 'journal' | 'branches' | 'branch' | 'checkpoints'>): readonly JournalEntry[] {
  const isKnown = new Map<BranchId, (entry: JournalEntry) => boolean>([[branch, () => true]])
  let child = branches.find((candidate) => candidate.branch === branch)
  while (child !== undefined) {
    const { parent, forkStep, forkCheckpoint } = child
    if (parent === null) break
    const fork = checkpoints.find(({ checkpoint }) => checkpoint === forkCheckpoint)
    isKnown.set(parent, (entry) => {
      if (entry.step !== forkStep) return entry.step < forkStep
      // A nudge follows its checkpoint so closely that the clock may not tell.
      if (entry.kind === 'nudge') return numberOf(entry.checkpoint) < numberOf(forkCheckpoint)
      return fork === undefined || entry.at <= fork.createdAt
    })
    child = branches.find((candidate) => candidate.branch === parent)
  }
  return journal.filter((entry) => isKnown.get(entry.branch)?.(entry) ?? false)
}
