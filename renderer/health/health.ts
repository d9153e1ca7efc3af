import { assertNever } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { PauseReason, RunSnapshot, RunState } from '../../core/protocol/run.ts'
import { formatCost, formatCount, formatWeekTime } from '../ui/format.ts'
import { lineageDaysOf } from '../run/lineage.ts'
import { verdictOf } from './verdict.ts'

export type Tone = 'good' | 'calm' | 'warn' | 'bad'

/** One status word with its reason: what one glance should tell. */
export interface Health {
  readonly word: string
  readonly reason: string
  readonly tone: Tone
}

const PAUSES: { readonly [K in PauseReason]: Health } = {
  asked: { word: 'Paused', reason: 'by you', tone: 'calm' },
  'amount-reached': { word: 'Paused', reason: 'did what it was asked', tone: 'calm' },
  'rolled-back': { word: 'Paused', reason: 'went back; train to go on from here', tone: 'calm' },
  'not-finite': { word: 'Paused', reason: 'a step was not finite and was refused', tone: 'bad' },
  recovered: { word: 'Paused', reason: 'brought back after a crash', tone: 'warn' },
  resting: { word: 'Resting', reason: 'saved', tone: 'calm' },
}

/** What a run is doing, without its numbers. */
export function healthOfState(state: RunState): Health {
  switch (state.kind) {
    case 'idle':
      return { word: 'Resting', reason: 'not started yet', tone: 'calm' }
    case 'preparing':
      return { word: 'Preparing', reason: state.what, tone: 'calm' }
    case 'running':
      return { word: 'Learning', reason: '', tone: 'good' }
    case 'paused':
      return PAUSES[state.reason]
    case 'stopped':
      return { word: 'Stopped', reason: 'saved', tone: 'calm' }
    case 'failed':
      return { word: 'Failed', reason: state.error.message, tone: 'bad' }
    default:
      return assertNever(state)
  }
}

/** Below this, a day's change of the dev cost is called steady. */
const STEADY = 0.005

/** What the last closed day did to the dev cost: the slow sign that matters. */
function trendOf(snapshot: RunSnapshot): Pick<Health, 'reason' | 'tone'> {
  const [before, last] = lineageDaysOf(snapshot).slice(-2)
  if (before?.devCost && last && last.devCost !== null) {
    const change = last.devCost / before.devCost - 1
    const percent = `${(Math.abs(change) * 100).toFixed(1)} %`
    if (change < -STEADY)
      return { reason: `dev cost fell ${percent} in day ${last.day}`, tone: 'good' }
    if (change > STEADY)
      return { reason: `dev cost rose ${percent} in day ${last.day}`, tone: 'warn' }
    return { reason: `dev cost steady in day ${last.day}`, tone: 'good' }
  }
  if (snapshot.devCost !== null) {
    return { reason: `dev cost ${formatCost(snapshot.devCost)}`, tone: 'good' }
  }
  return { reason: 'on its first day', tone: 'good' }
}

/** The curves that a judgement is made on. */
export interface JudgedCurves {
  train(): readonly { readonly step: number; readonly mean: number }[]
  dev(): readonly { readonly x: number; readonly y: number }[]
  /** The gradient's norm at each of the last steps, oldest first; absent where nobody asked for them. */
  norms?(): readonly number[]
}

/** One word for how a run is, with its reason. Without curves it goes by days and states alone. */
export function healthOf(snapshot: RunSnapshot, curves: JudgedCurves | null = null): Health {
  const { state } = snapshot
  if (state.kind === 'paused') return pausedHealth(snapshot, state.reason)
  if (state.kind !== 'running') return healthOfState(state)
  const verdict =
    curves &&
    verdictOf(
      curves.train().map(({ step, mean }) => ({ step, value: mean })),
      curves.dev().map(({ x, y }) => ({ step: x, value: y })),
      curves.norms?.(),
    )
  if (verdict !== null) return verdict
  const { reason, tone } = trendOf(snapshot)
  return { word: 'Learning', reason, tone }
}

/** Who or what paused it, when, and where it stands. */
function pausedHealth(snapshot: RunSnapshot, reason: PauseReason): Health {
  const health = PAUSES[reason]
  const step = formatCount(snapshot.step)
  const entry = snapshot.journal.findLast(
    ({ kind }) => kind === 'paused' || kind === 'rollback' || kind === 'undo',
  )
  const when = entry === undefined ? '' : `, ${formatWeekTime(entry.at)}`
  switch (reason) {
    case 'asked':
      return { ...health, reason: `by you${when}` }
    case 'amount-reached':
      return { ...health, word: 'Finished', reason: `did what it was asked${when}` }
    case 'rolled-back': {
      const deed = entry?.kind === 'undo' ? 'a nudge was undone' : 'went back'
      return { ...health, reason: `${deed} to step ${step}; train to go on from here` }
    }
    case 'not-finite':
      return { ...health, reason: `step ${formatCount(snapshot.step + 1)} was not finite, refused` }
    case 'recovered':
      return { ...health, reason: `brought back after a crash, at step ${step}` }
    case 'resting':
      return { ...health, reason: `saved at step ${step}` }
    default:
      return assertNever(reason)
  }
}

/** What must not be overlooked, with what to do about it; null while all is well. */
export function alertOf(snapshot: RunSnapshot): Pick<WireError, 'message' | 'remedy'> | null {
  const { state, journal } = snapshot
  if (state.kind === 'failed') return state.error
  if (state.kind !== 'paused') return null
  if (state.reason !== 'not-finite' && state.reason !== 'recovered') return null
  const wanted = state.reason === 'not-finite' ? 'not-finite' : 'interrupted'
  const said = journal.findLast((entry) => entry.kind === 'alert' && entry.alert === wanted)
  const message = said?.kind === 'alert' ? said.message : PAUSES[state.reason].reason
  const remedy =
    state.reason === 'not-finite'
      ? 'The last good state is kept. Lower the learning rate or go back to a healthy day.'
      : 'Nothing acknowledged is lost. Train to go on.'
  return { message: /[.!]$/.test(message) ? message : `${message}.`, remedy }
}
