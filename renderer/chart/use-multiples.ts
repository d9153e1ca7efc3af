import { computed, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { useIntervalFn, watchDebounced } from '@vueuse/core'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import type { Range, SeriesSource } from './curve-data.ts'
import { useKept } from '../ui/kept.ts'
import { MARGIN, createMultiplesData } from './multiples-data.ts'
import { MULTIPLES, MULTIPLE_KEYS } from './multiples.ts'
import type { MultipleKey } from './multiples.ts'

/** While it trains, what is not told by events is asked for this often. */
const REFRESH_MS = 2_000

/** In the order in which room allows them, until a person chose. */
const PREFERRED: readonly MultipleKey[] = MULTIPLE_KEYS
const ROOM_EACH = 64
/** What the cost itself should have at the least. */
const ROOM_FOR_COST = 330

interface Sources {
  readonly snapshot: () => RunSnapshot
  readonly series: SeriesSource
  readonly range: Readonly<Ref<Range | null>>
  /** Of the plots, in pixels. */
  readonly width: () => number
  /** Of all there is for curves, in pixels. */
  readonly height: Readonly<Ref<number>>
}

const isKey = (value: unknown): value is MultipleKey =>
  MULTIPLE_KEYS.some((known) => known === value)

/** The small plots that are shown, and their series, kept fresh. */
export function useMultiples({ snapshot, series, range, width, height }: Sources) {
  const chosen = useKept<readonly MultipleKey[] | null>('panda.multiples', null, {
    serializer: {
      read: (text) => {
        const list: unknown = JSON.parse(text)
        return Array.isArray(list) ? list.filter(isKey) : null
      },
      write: JSON.stringify,
    },
  })
  const version = shallowRef(0)
  const failure = shallowRef<unknown>(null)
  const data = createMultiplesData(
    series,
    () => {
      failure.value = null
      version.value += 1
    },
    (error) => {
      failure.value = error
    },
  )

  const offered = computed(() => {
    const now = snapshot()
    return MULTIPLE_KEYS.filter((key) => key !== 'dev_error' || now.facts.classes !== null)
  })
  const keys = computed(() => {
    const room = Math.max(0, Math.floor((height.value - ROOM_FOR_COST) / ROOM_EACH))
    const wanted = chosen.value ?? PREFERRED.slice(0, Math.max(1, room))
    return offered.value.filter((key) => wanted.includes(key))
  })
  function toggle(key: MultipleKey): void {
    const shown = keys.value
    chosen.value = shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key]
  }

  let loadedStep = -1
  let loaded: { readonly range: Range | null; readonly keys: string } | null = null
  const keysOf = () => keys.value.join()

  /** Is what was fetched, with its margin, good enough for what is in view now? */
  function isFine(now: Range | null): boolean {
    if (loaded === null || loaded.keys !== keysOf()) return false
    const { range: known } = loaded
    if (now === null || known === null) return now === known
    const span = known.to - known.from
    const isInside = now.from >= known.from - span * MARGIN && now.to <= known.to + span * MARGIN
    return isInside && now.to - now.from > span / 2
  }
  function load(): void {
    const now = snapshot()
    loadedStep = now.step
    loaded = { range: range.value, keys: keysOf() }
    // The crosshair tells the learning rate wherever it is, shown or not.
    const wanted = [...new Set<MultipleKey>(['learning_rate', ...keys.value])]
    void data.load(now, wanted, range.value, Math.round(Math.max(200, width()) * 2))
  }
  const isSeen = () => range.value === null || range.value.to >= loadedStep

  const loadIfCoarse = () => {
    if (!isFine(range.value)) load()
  }
  watchDebounced([range, keys], loadIfCoarse, { debounce: 200, maxWait: 800 })
  watch(() => [snapshot().branch, snapshot().vitals === null], load)
  useIntervalFn(() => {
    const { step } = snapshot()
    if (step !== loadedStep && isSeen()) load()
  }, REFRESH_MS)

  const choices = computed(() =>
    offered.value.map((key) => ({
      key,
      label: MULTIPLES[key].label,
      isShown: keys.value.includes(key),
    })),
  )
  return { keys, data, version, failure, choices, toggle, load }
}
