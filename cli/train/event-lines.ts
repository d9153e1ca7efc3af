import { assertNever } from '../../core/errors.ts'
import type { JournalEntry, RunEvent } from '../../core/protocol/run.ts'
import { describeEntry } from '../output/journal.ts'
import { withoutNulls } from '../output/json.ts'
import { formatAccuracy, formatCost } from '../output/numbers.ts'

type Said = Exclude<RunEvent, { readonly type: 'metrics' }>

/** The entry without what its event says already; `id` and `at` are the journal's. */
function detailOf(entry: JournalEntry): object {
  const { id: _id, at: _at, branch: _branch, step: _step, ...detail } = entry
  return detail
}

/** An event as its line of `train --json`. */
export function eventLine(event: Said): object {
  const { type, branch, step } = event
  const head = { event: type, branch, step }
  switch (event.type) {
    case 'state':
      return { ...head, ...stateFields(event) }
    case 'evaluated':
      return withoutNulls(
        { ...head, devCost: event.devCost, devAccuracy: event.devAccuracy },
        'devAccuracy',
      )
    case 'checkpoint':
      return { ...head, ...withoutNulls(event.checkpoint, 'devCost', 'devAccuracy') }
    case 'day':
      return { ...head, ...withoutNulls(event.closed, 'devAccuracy') }
    case 'nudged':
    case 'rolled-back':
    case 'alert':
    case 'journaled':
      return { ...head, ...detailOf(event.entry) }
    case 'vitals':
      return { ...head, layers: event.vitals.layers, parameters: event.vitals.parameters }
    case 'verifying':
      return { ...head, day: event.day, done: event.done, total: event.total }
    default:
      return assertNever(event)
  }
}

function stateFields({ state }: Extract<Said, { readonly type: 'state' }>): object {
  if (state.kind === 'paused') return { state: state.kind, reason: state.reason }
  if (state.kind === 'preparing') return { state: state.kind, what: state.what }
  if (state.kind === 'failed') return { state: state.kind, error: state.error }
  return { state: state.kind }
}

/** Of the lines of the journal that have no event of their own. */
const WORTH_A_LINE: ReadonlySet<JournalEntry['kind']> = new Set(['note', 'planned', 'plan-dropped'])

/** An event worth a line for a person, or null. */
export function eventText(event: Said): string | null {
  switch (event.type) {
    case 'day': {
      const { day, toStep, cost, devCost, devAccuracy } = event.closed
      const accuracy = devAccuracy === null ? '' : ` (${formatAccuracy(devAccuracy)})`
      const costs = `cost ${formatCost(cost)}, dev ${formatCost(devCost)}${accuracy}`
      return `Day ${day} closed at step ${toStep}: ${costs}`
    }
    case 'nudged':
    case 'rolled-back':
    case 'alert':
      return `Step ${event.step}: ${describeEntry(event.entry)}`
    case 'journaled':
      return WORTH_A_LINE.has(event.entry.kind)
        ? `Step ${event.step}: ${describeEntry(event.entry)}`
        : null
    case 'state':
      return event.state.kind === 'preparing' ? `Preparing: ${event.state.what} …` : null
    case 'evaluated':
    case 'vitals':
    case 'checkpoint':
    case 'verifying':
      return null
    default:
      return assertNever(event)
  }
}
