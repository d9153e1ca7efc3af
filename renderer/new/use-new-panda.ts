import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { useLink } from '../link/link.ts'
import { freeName, useRunsStore } from '../stores/runs.ts'
import { keptForReload } from '../ui/kept.ts'
import { describeRequestOf } from './data-source.ts'
import { EMPTY_DRAFT, reduceDraft } from './draft.ts'
import type { Draft, DraftEvent } from './draft.ts'
import { readModel } from './model.ts'
import { STEPS, faultsOf } from './steps.ts'
import type { Step } from './steps.ts'

const KEY = 'panda:new'

interface Kept {
  readonly draft: Omit<Draft, 'description'>
  readonly step: Step
}

/** What was kept through a reload; null where there is nothing, or nothing that can be read. */
function recall(): Kept | null {
  try {
    const kept = JSON.parse(keptForReload.getItem(KEY) ?? 'null') as Kept | null
    return typeof kept?.draft?.config === 'object' && STEPS.includes(kept.step) ? kept : null
  } catch {
    return null // something else is kept there: begin anew
  }
}

const keep = (kept: Kept) => keptForReload.setItem(KEY, JSON.stringify(kept))

/** The panda that is being made. It outlives the dialog, so that closing it by accident loses nothing. */
export const useNewPanda = defineStore('new-panda', () => {
  const link = useLink()
  const runs = useRunsStore()
  const kept = recall()
  const draft = shallowRef<Draft>(
    kept === null ? EMPTY_DRAFT : { ...kept.draft, description: null },
  )
  const step = ref<Step>(kept?.step ?? 'data')
  const isDescribing = ref(false)
  /** Why the data could not be read. */
  const dataFault = shallowRef<WireError | null>(null)

  const model = computed(() => readModel(draft.value.config, draft.value.description))
  const taken = computed(() => (runs.runs ?? []).map(({ run }) => run))
  const faults = computed(() => {
    const { config } = draft.value
    const found = [...faultsOf(draft.value, model.value)]
    if (dataFault.value !== null && draft.value.description !== null) {
      found.unshift({ step: 'data', path: ['data'], ...dataFault.value })
    }
    const name = String(config['name'] ?? '')
    if (!taken.value.includes(name) || draft.value.description === null) return found
    const message = `there is already a run called ${name}`
    const remedy = `Take another name: ${freeName(name, taken.value)} is free.`
    return [...found, { step: 'training' as const, path: ['name'], message, remedy }]
  })

  const request = computed(() => describeRequestOf(draft.value.config))
  const requestKey = computed(() => (request.value === null ? '' : JSON.stringify(request.value)))
  /** What the present description answers; a label that was only suggested needs no second look. */
  let described = ''

  /** Counts questions, so that the answer to one that was overtaken is dropped. */
  let asking = 0

  async function describe(): Promise<void> {
    const mine = ++asking
    const asked = request.value
    dataFault.value = null
    isDescribing.value = false
    if (asked === null) return
    if (requestKey.value === described && draft.value.description !== null) return
    isDescribing.value = true
    try {
      const description = await link.call('data:describe', asked)
      if (mine === asking) change({ type: 'described', description })
    } catch (error) {
      if (mine === asking) dataFault.value = toWireError(error)
    } finally {
      if (mine === asking) isDescribing.value = false
    }
  }

  function change(event: DraftEvent): void {
    const before = draft.value
    let after = reduceDraft(before, event)
    const name = after.config['name']
    if (event.type === 'described' && !after.isNameMine && typeof name === 'string') {
      after = { ...after, config: { ...after.config, name: freeName(name, taken.value) } }
    }
    draft.value = after
    if (event.type === 'described') described = requestKey.value
  }

  function startOver(): void {
    draft.value = EMPTY_DRAFT
    step.value = 'data'
    described = ''
    dataFault.value = null
  }

  if (runs.runs === null) void runs.refresh()
  watch(requestKey, () => void describe(), { immediate: true })
  link.onReconnected(() => void describe())
  watch([draft, step], () => {
    const { description: _, ...rest } = draft.value
    keep({ draft: rest, step: step.value })
  })

  return { draft, step, model, faults, taken, isDescribing, dataFault, change, describe, startOver }
})
