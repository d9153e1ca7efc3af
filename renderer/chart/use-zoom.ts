import { computed, readonly, shallowRef } from 'vue'
import type { Ref } from 'vue'
import type { AxisMap } from './axis-map.ts'
import type { Range } from './curve-data.ts'
import type { Plane } from './plane.ts'
import { usePlotPointer } from './use-plot-pointer.ts'

/** Fewer steps than this are not worth the whole width. */
export const SMALLEST_SPAN = 8

/** Scales a range around a place, within the whole; null where nothing is left to zoom. */
export function zoomedRange(
  now: Range,
  whole: Range,
  around: number,
  by: number,
  smallest = SMALLEST_SPAN,
): Range | null {
  const span = Math.max(smallest, (now.to - now.from) * by)
  if (span >= whole.to - whole.from) return null
  const share = (around - now.from) / (now.to - now.from)
  return movedInside({ from: around - share * span, to: around + (1 - share) * span }, whole)
}

export function movedInside({ from, to }: Range, whole: Range): Range {
  const shift = Math.max(0, whole.from - from) - Math.max(0, to - whole.to)
  return { from: Math.max(whole.from, from + shift), to: Math.min(whole.to, to + shift) }
}

interface Sources {
  /** The whole curve, in steps. */
  readonly whole: () => Range
  readonly axis: () => AxisMap
  readonly plane: () => Plane
  /** The newest step. */
  readonly head: () => number
  readonly onHover: (x: number | null) => void
}

/** Air right of the newest step while it is followed, as a share of what is seen. */
const FOLLOW_AIR = 0.04
/** What "the newest" is where one looks at the whole: this share of it, at the least so many steps. */
const NEWEST = { share: 0.1, least: 200 }

/** The steps in view: zooming and panning in the axis's own unit, and following the newest. */
export function useZoom(target: Readonly<Ref<HTMLElement | null>>, sources: Sources) {
  const { whole, axis, plane, head } = sources
  const range = shallowRef<Range | null>(null)
  const isFollowing = shallowRef(false)

  const inUnits = ({ from, to }: Range): Range => ({ from: axis().at(from), to: axis().at(to) })
  const inSteps = ({ from, to }: Range): Range => ({
    from: axis().stepAt(from),
    to: axis().stepAt(to),
  })

  /** Looking at the end means to follow it; looking back lets go. */
  function show(next: Range | null): void {
    const isTooFine = next !== null && next.to - next.from < SMALLEST_SPAN * 0.99
    if (isTooFine) return
    range.value = next
    isFollowing.value = next !== null && next.to >= head()
  }
  /** Takes a range in the axis's unit. */
  const showUnits = (units: Range | null) => show(units === null ? null : inSteps(units))

  function zoomBy(by: number, x?: number): void {
    const { from, to, left, right, range: steps } = plane()
    // Following, the newest stays where it is; else the middle does.
    const anchor = x ?? (isFollowing.value ? right : (left + right) / 2)
    const around = from + ((anchor - left) / (right - left)) * (to - from)
    const smallest = ((to - from) / Math.max(1, steps.to - steps.from)) * SMALLEST_SPAN
    const now = { from, to }
    const next = zoomedRange(now, inUnits(whole()), around, by, Math.min(smallest, to - from))
    showUnits(next)
  }
  function panBy(pixels: number): void {
    if (range.value === null) return
    const { from, to, left, right } = plane()
    const shift = (pixels / (right - left)) * (to - from)
    showUnits(movedInside({ from: from + shift, to: to + shift }, inUnits(whole())))
  }
  const reset = () => show(null)

  /** Keeps the newest in view after it moved on. */
  function keepUp(): void {
    if (!isFollowing.value || range.value === null) return
    const { from, to } = range.value
    const end = head() + (to - from) * FOLLOW_AIR
    if (Math.abs(end - to) < (to - from) * 1e-6) return
    range.value = { from: end - (to - from), to: end }
  }
  function follow(): void {
    const all = whole()
    const now = range.value
    const span = now === null ? Math.max(NEWEST.least, head() * NEWEST.share) : now.to - now.from
    if (span >= all.to - all.from) return reset()
    const to = head() + span * FOLLOW_AIR
    range.value = { from: Math.max(0, to - span), to: Math.max(to, span) }
    isFollowing.value = true
  }
  const letGo = () => {
    isFollowing.value = false
  }

  const { selection } = usePlotPointer(target, {
    plane,
    zoomBy,
    panBy,
    reset,
    isZoomed: () => range.value !== null,
    showUnits: (units) => showUnits(movedInside(units, inUnits(whole()))),
    onHover: sources.onHover,
  })

  return {
    range: readonly(range) as Readonly<Ref<Range | null>>,
    selection,
    isZoomed: computed(() => range.value !== null),
    isFollowing: readonly(isFollowing),
    /** The newest is out of view, or about to leave it. */
    isLookingBack: computed(() => range.value !== null && !isFollowing.value),
    zoomBy,
    panBy,
    reset,
    keepUp,
    follow,
    letGo,
  }
}
