import { computed, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import type { SeriesSource } from './curve-data.ts'
import { NO_TIMES } from './time-anchors.ts'
import type { RecordedTimes } from './time-anchors.ts'
import { xAxisOf } from './x-axis.ts'
import type { AxisKind } from './x-axis.ts'

/** Anchors of time; between them the axis is straight. */
const TIME_POINTS = 1_000
const REFRESH_MS = 5_000

/**
 * What of a snapshot the story hangs on (flags, days, pauses): grows when a line is written or the head's
 * branch changes, not with every step.
 */
const storyOf = ({ facts, branch, journal, days, checkpoints }: RunSnapshot) =>
  [facts.run, branch, journal.length, journal.at(-1)?.id, days.length, checkpoints.length].join()

/** The snapshot as it was when the story last changed. */
export function useStory(snapshot: () => RunSnapshot): Readonly<Ref<RunSnapshot>> {
  const told = shallowRef(snapshot())
  watch(
    () => storyOf(snapshot()),
    () => {
      told.value = snapshot()
    },
  )
  return told
}

/** The axis that was chosen, and the date of each step. */
export function useAxis(
  snapshot: () => RunSnapshot,
  story: Readonly<Ref<RunSnapshot>>,
  series: SeriesSource,
  kind: Readonly<Ref<AxisKind>>,
) {
  const times = shallowRef<RecordedTimes>(NO_TIMES)
  const failure = shallowRef<unknown>(null)
  let loading = 0

  async function load(): Promise<void> {
    const mine = ++loading
    const { branch } = snapshot()
    const ask = (metric: string) => series({ metric, branch, points: TIME_POINTS })
    try {
      const [trained, wall] = await Promise.all([ask('trained_seconds'), ask('wall_seconds')])
      if (mine !== loading) return
      times.value = { trained, wall }
      failure.value = null
    } catch (error) {
      // The journal's dates stand in, and the axis says so.
      if (mine !== loading) return
      failure.value = error
      times.value = NO_TIMES
    }
  }
  watch(
    () => [story.value.facts.run, story.value.branch],
    () => {
      times.value = NO_TIMES
      void load()
    },
  )
  let loadedStep = -1
  useIntervalFn(() => {
    const { step } = snapshot()
    if (step === loadedStep || (kind.value !== 'time' && kind.value !== 'clock')) return
    loadedStep = step
    void load()
  }, REFRESH_MS)

  const isMoving = () => kind.value === 'day' || kind.value === 'epoch'
  const axis = computed(() =>
    xAxisOf(kind.value, isMoving() ? snapshot() : story.value, times.value),
  )
  const wallClock = computed(() => xAxisOf('clock', story.value, times.value))
  const momentOf = (step: number) => ({
    at: story.value.facts.createdAt + wallClock.value.at(step) * 1000,
    isEstimated: wallClock.value.isEstimated,
  })
  return { axis, momentOf, load, failure }
}
