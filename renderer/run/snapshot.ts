import { assertNever } from '../../core/errors.ts'
import type { BranchId, JournalEntry, RunEvent, RunSnapshot } from '../../core/protocol/run.ts'

/** Adds a line of the journal, once: a repeated event changes nothing. */
function withEntry(journal: readonly JournalEntry[], entry: JournalEntry) {
  return journal.some(({ id }) => id === entry.id) ? journal : [...journal, entry]
}

const withTip = (snapshot: RunSnapshot, branch: BranchId, step: number) =>
  snapshot.branches.map((known) =>
    known.branch === branch && step > known.tipStep ? { ...known, tipStep: step } : known,
  )

/** Where the open day began, on the way to a step that was gone back to. */
const begunAt = (snapshot: RunSnapshot, day: number, step: number): number =>
  snapshot.days.findLast((closed) => closed.day === day - 1 && closed.toStep <= step)?.toStep ?? 0

/** Brings a snapshot forward by one event. Pure; the only way the window's picture of a run changes. */
export function reduceSnapshot(snapshot: RunSnapshot, event: RunEvent): RunSnapshot {
  switch (event.type) {
    case 'state':
      return {
        ...snapshot,
        state: event.state,
        ...(event.goal !== undefined && { goal: event.goal }),
      }
    case 'metrics': {
      // A late event from before a rollback, or one that the snapshot already holds.
      if (event.branch !== snapshot.branch || event.step < snapshot.step) return snapshot
      const { step, epoch, day, stepsPerSecond, readings } = event
      const { trainedMs, dayTrainedMs, memoryBytes } = event
      const effort = { trainedMs, dayTrainedMs, memoryBytes }
      const cost = event.costs.at(-1) ?? snapshot.cost
      const branches = withTip(snapshot, event.branch, step)
      return {
        ...snapshot,
        ...effort,
        step,
        epoch,
        day,
        stepsPerSecond,
        readings,
        cost,
        branches,
      }
    }
    case 'evaluated': {
      if (event.branch !== snapshot.branch) return snapshot
      const { devCost, devAccuracy } = event
      return { ...snapshot, devCost, devAccuracy }
    }
    case 'vitals':
      return event.branch === snapshot.branch ? { ...snapshot, vitals: event.vitals } : snapshot
    case 'checkpoint': {
      const { checkpoint } = event
      const known = snapshot.checkpoints.some((one) => one.checkpoint === checkpoint.checkpoint)
      const isHead = checkpoint.branch === snapshot.branch && checkpoint.step >= snapshot.step
      return {
        ...snapshot,
        checkpoints: known ? snapshot.checkpoints : [...snapshot.checkpoints, checkpoint],
        parametersSha256: isHead ? checkpoint.parametersSha256 : snapshot.parametersSha256,
      }
    }
    case 'day': {
      const { closed, entry } = event
      const known = snapshot.days.some(({ checkpoint }) => checkpoint === closed.checkpoint)
      return {
        ...snapshot,
        ...(event.branch === snapshot.branch && {
          day: closed.day + 1,
          dayFromStep: closed.toStep,
          dayTrainedMs: 0,
        }),
        days: known ? snapshot.days : [...snapshot.days, closed],
        journal: withEntry(snapshot.journal, entry),
      }
    }
    case 'nudged': {
      const journal = withEntry(snapshot.journal, event.entry)
      return { ...snapshot, readings: event.readings, journal }
    }
    case 'rolled-back': {
      const { newBranch, readings, day, epoch, step } = event
      const target = snapshot.checkpoints.find(
        ({ checkpoint }) => checkpoint === newBranch.forkCheckpoint,
      )
      const others = snapshot.branches.filter(({ branch }) => branch !== newBranch.branch)
      return {
        ...snapshot,
        branch: newBranch.branch,
        branches: [...others, newBranch],
        step,
        epoch,
        day,
        dayFromStep: begunAt(snapshot, day, step),
        readings,
        // Signs from beyond the place it went back to are the ghost's.
        vitals: (snapshot.vitals?.step ?? 0) <= step ? snapshot.vitals : null,
        cost: target?.cost ?? null,
        devCost: target?.devCost ?? null,
        devAccuracy: target?.devAccuracy ?? null,
        parametersSha256: target?.parametersSha256 ?? snapshot.parametersSha256,
        journal: withEntry(snapshot.journal, event.entry),
      }
    }
    case 'alert':
    case 'journaled':
      return { ...snapshot, journal: withEntry(snapshot.journal, event.entry) }
    case 'verifying':
      return snapshot
    default:
      return assertNever(event)
  }
}
