import { computed, readonly, ref, watch } from 'vue'
import {
  HYPERPARAMETER_NAMES,
  describeHyperparameter,
  faultOf,
} from '../../core/protocol/hyperparameters.ts'
import type { HyperparameterName, Readings } from '../../core/protocol/hyperparameters.ts'
import type { Change, NudgeChanges } from '../../core/protocol/run.ts'
import { formatSetting } from '../ui/format.ts'
import { parseSetting } from './parse-setting.ts'

type Drafts = { readonly [K in HyperparameterName]?: string }

/**
 * What a person is about to change. Nothing here reaches the run before it is applied. `taken` is called when
 * the run has taken drafts, however it did.
 */
export function useKnobs(readings: () => Readings, taken: () => void = () => {}) {
  const drafts = ref<Drafts>({})

  const names = computed(() => HYPERPARAMETER_NAMES.filter((name) => name in readings()))
  const requestedOf = (name: HyperparameterName) => readings()[name]?.requested ?? 0

  function edit(name: HyperparameterName, text: string): void {
    drafts.value = { ...drafts.value, [name]: text }
  }
  function revert(): void {
    drafts.value = {}
  }

  /** The text in a field: the draft, else what was last asked for. */
  const textOf = (name: HyperparameterName) =>
    drafts.value[name] ?? formatSetting(requestedOf(name))
  const valueOf = (name: HyperparameterName) => {
    const draft = drafts.value[name]
    return draft === undefined ? requestedOf(name) : parseSetting(name, draft)
  }

  const changes = computed<readonly Change[]>(() =>
    names.value.flatMap((name) => {
      const [from, to] = [requestedOf(name), valueOf(name)]
      return drafts.value[name] === undefined || from === to ? [] : [{ name, from, to }]
    }),
  )
  const faults = computed<readonly { readonly name: HyperparameterName; readonly text: string }[]>(
    () =>
      changes.value.flatMap(({ name, to }) => {
        const typed = drafts.value[name] ?? ''
        const fault = Number.isNaN(to) ? `must be a number, not “${typed}”` : faultOf(name, to)
        return fault === null
          ? []
          : [{ name, text: `${describeHyperparameter(name).label} ${fault}` }]
      }),
  )
  const isDirty = computed(() => changes.value.length > 0)
  const nudge = computed<NudgeChanges>(() =>
    Object.fromEntries(changes.value.map(({ name, to }) => [name, to])),
  )

  /** Forgets the drafts that say what these changes do: the run has taken them. */
  function settle(done: readonly Pick<Change, 'name' | 'to'>[]): void {
    const left = Object.entries(drafts.value).filter(
      ([name, text]) =>
        !done.some(
          (change) => change.name === name && change.to === parseSetting(change.name, text),
        ),
    )
    if (left.length === Object.keys(drafts.value).length) return
    drafts.value = Object.fromEntries(left)
    taken()
  }

  // A draft that the run has taken is no draft any more.
  const requested = computed(() => names.value.map((name) => ({ name, to: requestedOf(name) })))
  watch(
    () => requested.value.map(({ to }) => to).join(),
    () => settle(requested.value),
  )

  return {
    drafts: readonly(drafts),
    names,
    changes,
    faults,
    isDirty,
    nudge,
    edit,
    revert,
    settle,
    textOf,
    valueOf,
  }
}
