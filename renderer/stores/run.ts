import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { PandaError, toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { Args, Call, Reply } from '../../core/protocol/contract.ts'
import type { RunEvent, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'
import { createCurveData } from '../chart/curve-data.ts'
import { useLink } from '../link/link.ts'
import { reduceSnapshot } from '../run/snapshot.ts'
import { useRunsStore } from './runs.ts'

type RunCall = Extract<Call, `run:${string}`>
type Rest<C extends RunCall> = Args<C> extends readonly [string, ...infer R] ? R : never

/** The run that is on screen: its picture, kept current by events, and what was last said about it. */
export const useRunStore = defineStore('run', () => {
  const link = useLink()
  const name = shallowRef<string | null>(null)
  const snapshot = shallowRef<RunSnapshot | null>(null)
  /** Why there is no picture, or why the last command was refused. */
  const failure = shallowRef<WireError | null>(null)
  /** What last went well, for the status line. */
  const notice = shallowRef('')
  const pending = shallowRef<ReadonlySet<RunCall>>(new Set())

  /** Counts openings, so that a reply for a run that was left is dropped. */
  let opening = 0

  const series = (query: SeriesQuery) => link.call('run:series', name.value ?? '', query)

  const curves = createCurveData({
    series,
    onFailure: (error) => {
      // A lost connection has its own banner, and everything is fetched again after it.
      if (!(error instanceof PandaError && error.code === 'protocol/disconnected')) {
        failure.value = toWireError(error)
      }
    },
  })

  async function load(): Promise<void> {
    const mine = ++opening
    const wanted = name.value
    if (wanted === null) return
    try {
      const shown = await link.call('run:show', wanted)
      if (mine !== opening) return
      snapshot.value = shown
      failure.value = null
      void curves.load(shown)
    } catch (error) {
      if (mine === opening) failure.value = toWireError(error)
    }
  }

  async function open(run: string): Promise<void> {
    close()
    name.value = run
    await load()
  }

  function close(): void {
    opening += 1
    name.value = null
    snapshot.value = null
    failure.value = null
    notice.value = ''
    curves.clear()
  }

  function take(event: RunEvent): void {
    const before = snapshot.value
    if (before === null) return
    const after = reduceSnapshot(before, event)
    snapshot.value = after
    if (after.branch !== before.branch) void curves.load(after)
    else curves.take(event, after)
    if (event.type === 'state' && event.state.kind === 'running') notice.value = ''
  }

  link.on('run:event', ({ run, event }) => {
    if (run === snapshot.value?.facts.run) take(event)
  })
  link.onReconnected(() => void load())

  // A run may be deleted or renamed by others while it is looked at: then asking for it says so.
  const runs = useRunsStore()
  watch(
    () => runs.runs,
    (list) => {
      const shown = snapshot.value?.facts.run
      if (shown === undefined || list === null || shown.includes('/')) return
      if (!list.some(({ run }) => run === shown)) void load()
    },
  )

  /** Sends a command about this run. A refusal is thrown, for where it was asked to show it. */
  async function ask<C extends RunCall>(call: C, ...rest: Rest<C>): Promise<Reply<C>> {
    pending.value = new Set(pending.value).add(call)
    try {
      return await link.call(call, ...([name.value ?? '', ...rest] as unknown as Args<C>))
    } finally {
      const others = new Set(pending.value)
      others.delete(call)
      pending.value = others
    }
  }

  /** Like `ask`, for commands without a place of their own: a refusal shows at the top of the view. */
  async function command<C extends RunCall>(call: C, ...rest: Rest<C>): Promise<Reply<C> | null> {
    try {
      const reply = await ask(call, ...rest)
      failure.value = null
      return reply
    } catch (error) {
      failure.value = toWireError(error)
      return null
    }
  }

  const isUnderWay = computed(
    () => snapshot.value?.state.kind === 'running' || snapshot.value?.state.kind === 'preparing',
  )

  return {
    name,
    snapshot,
    failure,
    notice,
    pending,
    isUnderWay,
    curves,
    series,
    open,
    close,
    reload: load,
    ask,
    command,
  }
})
