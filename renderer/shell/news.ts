import type { RunEvent, RunSnapshot, RunState } from '../../core/protocol/run.ts'
import type { Settings } from '../../core/protocol/settings.ts'
import { formatCost, formatCount, formatPercent } from '../ui/format.ts'
import type { ToastTone } from './toasts.ts'

export type NewsKind = 'day' | 'alert' | 'finished' | 'failed'

/** Something about a run that a person may want to hear of elsewhere. */
export interface News {
  readonly kind: NewsKind
  readonly run: string
  /** One plain sentence or two, without the run's name. */
  readonly text: string
  readonly tone: ToastTone
}

/** What was heard of one run so far, so that nothing is told twice. */
export interface Heard {
  /** The newest line of its journal that was told: its id, and when it was written (ms since the epoch). */
  readonly entry: { readonly id: number; readonly at: number } | null
  readonly state: string
  /** Where the last step was refused, as `branch:step`: the pause that follows is no news of its own. */
  readonly refusedAt: string | null
}

export type HeardOfRuns = ReadonlyMap<string, Heard>

export const NOTHING_HEARD: Heard = { entry: null, state: '', refusedAt: null }

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const sentence = (text: string) => (/[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`)

/** What it means that a run came into this state; null where that is no news. */
export function newsOfState(run: string, state: RunState, step: number): News | null {
  if (state.kind === 'failed') {
    return { kind: 'failed', run, text: sentence(state.error.message), tone: 'bad' }
  }
  if (state.kind !== 'paused') return null
  if (state.reason === 'amount-reached') {
    const text = `Did what it was asked: paused at step ${formatCount(step)}.`
    return { kind: 'finished', run, text, tone: 'good' }
  }
  if (state.reason !== 'not-finite') return null
  const text = `A step was not finite and was refused: paused at step ${formatCount(step)}.`
  return { kind: 'alert', run, text, tone: 'bad' }
}

/** How well a run does: what of it is told beside a day that ended. */
type Figures = Pick<RunSnapshot, 'cost' | 'devCost' | 'devAccuracy'>

/** The news of the days `from` to `to`, both closed. */
export function newsOfDays(run: string, from: number, to: number, figures: Figures): News {
  const { devAccuracy, devCost, cost } = figures
  const figure =
    devAccuracy !== null
      ? `Dev error ${formatPercent(1 - devAccuracy)}.`
      : devCost !== null
        ? `Dev cost ${formatCost(devCost)}.`
        : `Cost ${formatCost(cost)}.`
  const days = from === to ? `Day ${to}` : `Days ${from} to ${to}`
  return { kind: 'day', run, text: `${days} ended. ${figure}`, tone: 'calm' }
}

/** The news of an alert of the journal. */
export const newsOfAlert = (run: string, message: string): News => ({
  kind: 'alert',
  run,
  text: sentence(message),
  tone: 'bad',
})

/**
 * What an event means to someone who looks elsewhere. A line of the journal is news once, however often it is
 * told; a state is news when it differs from the one before. Pure: answers what was heard by now, and the news.
 */
export function hear(
  heard: HeardOfRuns,
  run: string,
  event: RunEvent,
): { readonly heard: HeardOfRuns; readonly news: News | null } {
  const before = heard.get(run) ?? NOTHING_HEARD
  const keep = (change: Partial<Heard>, news: News | null) => ({
    heard: new Map(heard).set(run, { ...before, ...change }),
    news,
  })
  const place = `${event.branch}:${event.step}`
  if (event.type === 'state') {
    const state = JSON.stringify(event.state)
    if (state === before.state) return { heard, news: null }
    const isTold =
      event.state.kind === 'paused' &&
      event.state.reason === 'not-finite' &&
      before.refusedAt === place
    return keep({ state }, isTold ? null : newsOfState(run, event.state, event.step))
  }
  if (event.type !== 'day' && event.type !== 'alert') return { heard, news: null }
  const { id, at } = event.entry
  // A later time with a smaller id: the run was deleted, and another has its name.
  if (before.entry !== null && id <= before.entry.id && at <= before.entry.at) {
    return { heard, news: null }
  }
  if (event.type === 'day') {
    const { closed } = event
    return keep({ entry: { id, at } }, newsOfDays(run, closed.day, closed.day, closed))
  }
  const message = event.entry.kind === 'alert' ? event.entry.message : 'it wants to be looked at'
  return keep({ entry: { id, at }, refusedAt: place }, newsOfAlert(run, message))
}

/** Where a person is while news comes. */
export interface Presence {
  readonly wanted: Settings['notifications']
  /** The run on screen; null in the other views. */
  readonly shown: string | null
  readonly isPageVisible: boolean
  /** Does the system, or the browser, let us? */
  readonly isPermitted: boolean
}

/** How a piece of news reaches a person: in the window, on the desktop, both or not at all. */
export function reach(
  { kind, run }: Pick<News, 'kind' | 'run'>,
  { wanted, shown, isPageVisible, isPermitted }: Presence,
): { readonly toast: boolean; readonly desktop: boolean } {
  const isUrgent = kind === 'alert' || kind === 'failed'
  if (!(isUrgent ? wanted.alert : wanted[kind])) return { toast: false, desktop: false }
  const isLookedAt = isPageVisible && run === shown
  return {
    toast: run !== shown || isUrgent,
    desktop: wanted.desktop && isPermitted && !isLookedAt,
  }
}
