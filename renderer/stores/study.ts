import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { PandaError, toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { Args, Call, Reply } from '../../core/protocol/contract.ts'
import type { SearchSpace } from '../../core/protocol/space.ts'
import type {
  AdoptReply,
  AdoptRequest,
  CurvesQuery,
  StudyEvent,
  StudySnapshot,
} from '../../core/protocol/study.ts'
import { useLink } from '../link/link.ts'
import { createTrialCurves } from '../search/curves/trial-curves-data.ts'
import { reduceStudy } from '../search/study-snapshot.ts'
import { useCalm } from '../search/use-calm.ts'
import { useInsight } from '../search/use-insight.ts'
import { useStudiesStore } from './studies.ts'

type StudyCall = Exclude<Extract<Call, `study:${string}`>, 'study:create'>
type Rest<C extends StudyCall> = Args<C> extends readonly [string, ...infer R] ? R : never

/** Of each trial's curve, where whoever draws it asks for no number. */
const CURVE_POINTS = 200

/** The study that is on screen: its picture, kept current by events, and what was last said about it. */
export const useStudyStore = defineStore('study', () => {
  const link = useLink()
  const name = shallowRef<string | null>(null)
  /** New with each event that holds something new: many times a second. */
  const snapshot = shallowRef<StudySnapshot | null>(null)
  /** The snapshot for all but the curves: at most four new ones a second. */
  const calm = useCalm(snapshot)
  /** The trial that a person looks at. */
  const selected = shallowRef<number | null>(null)
  /** Why there is no picture, or why the last command was refused. */
  const failure = shallowRef<WireError | null>(null)
  /** What last went well, or what the study had to say, for the status line. */
  const notice = shallowRef('')
  const pending = shallowRef<ReadonlySet<StudyCall>>(new Set())

  /** Counts openings, so that a reply for a study that was left is dropped. */
  let opening = 0

  const source = (query: CurvesQuery) =>
    link.call('study:curves', name.value ?? '', { ...query, points: query.points ?? CURVE_POINTS })
  const curves = createTrialCurves({
    fetch: source,
    onFailure: (error) => {
      // A lost connection has its own banner, and everything is fetched again after it.
      if (!(error instanceof PandaError && error.code === 'protocol/disconnected')) {
        failure.value = toWireError(error)
      }
    },
  })
  const {
    insight,
    isThinking,
    error: insightError,
    show: showInsight,
    refresh: refreshInsight,
    clear: clearInsight,
  } = useInsight(calm, () => link.call('study:insight', name.value ?? ''))

  async function load(): Promise<void> {
    const mine = ++opening
    const wanted = name.value
    if (wanted === null) return
    try {
      const shown = await link.call('study:show', wanted)
      if (mine !== opening) return
      snapshot.value = shown
      failure.value = null
      void curves.load(shown)
    } catch (error) {
      if (mine === opening) failure.value = toWireError(error)
    }
  }

  async function open(study: string): Promise<void> {
    close()
    name.value = study
    await load()
  }

  function close(): void {
    opening += 1
    name.value = null
    snapshot.value = null
    selected.value = null
    failure.value = null
    notice.value = ''
    pending.value = new Set()
    curves.clear()
    clearInsight()
  }

  function take(event: StudyEvent): void {
    const before = snapshot.value
    if (before === null) return
    snapshot.value = reduceStudy(before, event)
    curves.take(event)
    if (event.type === 'notice') notice.value = event.message
    else if (event.type === 'study-state' && event.state === 'running') notice.value = ''
  }

  link.on('study:event', ({ study, event }) => {
    if (study === snapshot.value?.study) take(event)
  })
  link.onReconnected(() => void load())

  // Others may do something to a study while it is looked at. Where it was deleted or renamed, asking for it says
  // so; where the list knows another state of it, what led there was not heard of here.
  const studies = useStudiesStore()
  /** What last led to asking. Where the answer is no other than before, it is not asked for again and again. */
  let doubt = ''
  watch(
    () => studies.studies,
    (list) => {
      const shown = snapshot.value
      if (shown === null || list === null || /[\\/]/.test(shown.study)) return
      const listed = list.find(({ study }) => study === shown.study)
      const state = listed === undefined ? 'gone' : listed.ok ? listed.state : 'unreadable'
      const before = doubt
      doubt = state === shown.state ? '' : `${shown.study}: ${shown.state}, ${state}`
      if (doubt !== '' && doubt !== before) void load()
    },
  )

  /** Sends a command about this study. A refusal is thrown, for where it was asked to show it. */
  async function ask<C extends StudyCall>(call: C, ...rest: Rest<C>): Promise<Reply<C>> {
    pending.value = new Set(pending.value).add(call)
    try {
      return await link.call(call, ...([name.value ?? '', ...rest] as unknown as Args<C>))
    } finally {
      const others = new Set(pending.value)
      others.delete(call)
      pending.value = others
    }
  }

  /** Like `ask`, for commands without a place of their own. False where refused: the top of the view says why. */
  async function command<C extends StudyCall>(call: C, ...rest: Rest<C>): Promise<boolean> {
    const mine = opening
    try {
      await ask(call, ...rest)
      if (mine === opening) failure.value = null
      return true
    } catch (error) {
      if (mine === opening) failure.value = toWireError(error)
      return false
    }
  }

  const resume = () => command('study:resume')
  const pause = () => command('study:pause')
  const isRunning = computed(() => snapshot.value?.state === 'running')
  const isSwitching = computed(
    () => pending.value.has('study:resume') || pending.value.has('study:pause'),
  )
  const toggle = () => (isRunning.value ? pause() : resume())
  const cancel = (trial: number) => command('study:cancel', trial)
  /** Refusals of these are thrown: their dialogs show them. */
  const addTrials = (count: number) => ask('study:add-trials', count)
  const changeSpace = (space: SearchSpace) => ask('study:change-space', space)
  const adopt = (request: AdoptRequest): Promise<AdoptReply> =>
    ask('study:adopt', { ...request, from_scratch: request.from_scratch ?? false })

  return {
    name,
    snapshot,
    calm,
    selected,
    failure,
    notice,
    pending,
    curves,
    insight,
    isThinking,
    insightError,
    isRunning,
    isSwitching,
    open,
    close,
    reload: load,
    showInsight,
    refreshInsight,
    ask,
    resume,
    pause,
    toggle,
    cancel,
    addTrials,
    changeSpace,
    adopt,
  }
})
