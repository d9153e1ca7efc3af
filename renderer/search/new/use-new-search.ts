import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import type { Advice } from '../../../core/protocol/study.ts'
import { useLink } from '../../link/link.ts'
import { freeName } from '../../stores/runs.ts'
import { locateRefusal } from '../space/space-rows.ts'
import { baseOf } from './base-words.ts'
import { SEARCH_STEPS, readStudy, rowFaultsOf } from './read-study.ts'
import type { SearchStep } from './read-study.ts'
import { EMPTY_STUDY, reduceStudy } from './study-draft.ts'
import type { StudyDraft, StudyDraftEvent } from './study-draft.ts'
import { useBase } from './use-base.ts'

const KEY = 'panda:new-search'

interface Kept {
  readonly draft: StudyDraft
  readonly step: SearchStep
}

/** What was kept through a reload; null where there is nothing, or nothing that can be read. */
function recall(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null
    if (!Array.isArray(kept?.draft?.rows) || !SEARCH_STEPS.includes(kept.step)) return null
    return { ...kept, draft: { ...EMPTY_STUDY, ...kept.draft } }
  } catch {
    return null // storage is forbidden here, or holds something else: begin anew
  }
}

function keep(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // Storage is full or forbidden: the draft still lives in memory until a reload.
  }
}

/** What was measured, and of which network. */
interface Measured {
  readonly advice: Advice
  readonly run: StudyDraft['run']
}

/** The search that is being defined. It outlives the dialog, so that closing it by accident loses nothing. */
export const useNewSearch = defineStore('new-search', () => {
  const link = useLink()
  const kept = recall()
  const draft = shallowRef<StudyDraft>(kept?.draft ?? EMPTY_STUDY)
  const step = ref<SearchStep>(kept?.step ?? 'trained')
  /** The names that searches have; none is known to be taken before they were listed. */
  const taken = shallowRef<readonly string[]>([])
  /** Why the host would not have this search; gone with the next change. */
  const refusal = shallowRef<WireError | null>(null)
  const measured = shallowRef<Measured | null>(null)

  const read = computed(() => readStudy(draft.value, taken.value))
  const faults = computed(() => read.value.faults)
  /** The advice, as long as it is about this very network. */
  const advice = computed(() =>
    measured.value !== null && measured.value.run === draft.value.run
      ? measured.value.advice
      : null,
  )
  /** The faults of the space: those seen here, else what the host said of a row. */
  const rowFaults = computed(() => {
    const seen = rowFaultsOf(faults.value)
    if (seen.length > 0 || refusal.value === null) return seen
    const told = locateRefusal(refusal.value, draft.value.rows)
    return told.path === null ? [] : [told]
  })

  function change(event: StudyDraftEvent): void {
    const before = draft.value
    let after = reduceStudy(before, event)
    const isRenamed = after.name !== before.name && !after.isNameMine && event.type !== 'typed'
    if (isRenamed) after = { ...after, name: freeName(after.name, taken.value) }
    draft.value = after
    refusal.value = null
  }
  const base = useBase(change)

  async function refreshTaken(): Promise<void> {
    try {
      taken.value = (await link.call('studies:list')).map(({ study }) => study)
    } catch (error) {
      // Without the list a name that is taken is refused when the search is made, in the same words.
      taken.value = []
      if (toWireError(error).code === 'internal') throw error
    }
  }
  void refreshTaken()
  link.on('studies:changed', () => void refreshTaken())
  link.onReconnected(() => void refreshTaken())

  /** How long an epoch is follows from the data, which a file's config only names. */
  async function learnExamples(run: StudyDraft['run']): Promise<void> {
    if (run === null || draft.value.trainExamples !== null) return
    const trainExamples = await base.countExamples(run, baseOf(draft.value))
    if (draft.value.run === run && trainExamples !== null) {
      change({ type: 'examples-known', trainExamples })
    }
  }
  watch(
    [() => draft.value.run, () => draft.value.base] as const,
    ([run]) => void learnExamples(run),
    { immediate: true },
  )

  function startOver(): void {
    base.forget()
    draft.value = EMPTY_STUDY
    step.value = 'trained'
    refusal.value = null
  }

  function keepAdvice(given: Advice, run: StudyDraft['run']): void {
    measured.value = { advice: given, run }
  }

  watch([draft, step], () => keep({ draft: draft.value, step: step.value }))

  return {
    draft,
    step,
    taken,
    read,
    faults,
    rowFaults,
    refusal,
    advice,
    base: base.state,
    presets: base.presets,
    chooseSample: base.chooseSample,
    chooseRun: base.chooseRun,
    takeText: base.takeText,
    change,
    startOver,
    keepAdvice,
  }
})
