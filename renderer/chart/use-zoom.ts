import { computed, readonly, shallowRef } from 'vue'
import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'
import type { Range } from './curve-data.ts'

interface Plane {
  /** The whole curve. */
  readonly whole: () => Range
  readonly stepAt: (x: number) => number
}

const SMALLEST_SPAN = 8

/** Scales a range around a step, within the whole; null where nothing is left to zoom. */
export function zoomedRange(now: Range, whole: Range, around: number, by: number): Range | null {
  const span = Math.max(SMALLEST_SPAN, (now.to - now.from) * by)
  if (span >= whole.to - whole.from) return null
  const share = (around - now.from) / (now.to - now.from)
  return movedInside({ from: around - share * span, to: around + (1 - share) * span }, whole)
}

export function movedInside({ from, to }: Range, whole: Range): Range {
  const shift = Math.max(0, whole.from - from) - Math.max(0, to - whole.to)
  return { from: Math.max(whole.from, from + shift), to: Math.min(whole.to, to + shift) }
}

/** Zoom by wheel or by dragging over a stretch; pan by a sideways wheel or dragging with Shift. */
export function useZoom(target: Readonly<Ref<HTMLElement | null>>, { whole, stepAt }: Plane) {
  const range = shallowRef<Range | null>(null)
  /** The stretch being selected, in pixels of the target. */
  const selection = shallowRef<{ readonly left: number; readonly width: number } | null>(null)

  const offsetOf = (event: MouseEvent) =>
    event.clientX - (target.value?.getBoundingClientRect().left ?? 0)
  const now = () => range.value ?? whole()

  const zoomBy = (by: number, around = (now().from + now().to) / 2) => {
    range.value = zoomedRange(now(), whole(), around, by)
  }
  const panBy = (steps: number) => {
    if (range.value === null) return
    const { from, to } = range.value
    range.value = movedInside({ from: from + steps, to: to + steps }, whole())
  }
  const reset = () => {
    range.value = null
  }

  useEventListener(
    target,
    'wheel',
    (event: WheelEvent) => {
      event.preventDefault()
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        panBy((stepAt(event.deltaX) - stepAt(0)) * 1)
      } else {
        zoomBy(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 240))), stepAt(offsetOf(event)))
      }
    },
    { passive: false },
  )

  let drag: { readonly x: number; readonly range: Range; readonly isPan: boolean } | null = null
  useEventListener(target, 'pointerdown', (event: PointerEvent) => {
    if (event.button !== 0 || (event.target as Element).closest('button') !== null) return
    target.value?.setPointerCapture(event.pointerId)
    drag = { x: offsetOf(event), range: now(), isPan: event.shiftKey }
  })
  useEventListener(target, 'pointermove', (event: PointerEvent) => {
    if (drag === null) return
    const x = offsetOf(event)
    if (!drag.isPan) {
      selection.value = { left: Math.min(x, drag.x), width: Math.abs(x - drag.x) }
    } else if (range.value !== null) {
      const steps = stepAt(drag.x) - stepAt(x)
      const { from, to } = drag.range
      range.value = movedInside({ from: from + steps, to: to + steps }, whole())
      drag = { ...drag, x, range: range.value }
    }
  })
  const drop = () => {
    drag = null
    selection.value = null
  }
  useEventListener(target, 'pointerup', (event: PointerEvent) => {
    const start = drag
    drop()
    if (start === null || start.isPan) return
    const x = offsetOf(event)
    if (Math.abs(x - start.x) < 6) return // a click, or a hand that shook
    const [from, to] = [stepAt(Math.min(x, start.x)), stepAt(Math.max(x, start.x))]
    if (to - from >= SMALLEST_SPAN) range.value = movedInside({ from, to }, whole())
  })
  useEventListener(target, 'pointercancel', drop)
  useEventListener(target, 'dblclick', reset)

  const isZoomed = computed(() => range.value !== null)
  return { range: readonly(range), selection: readonly(selection), isZoomed, zoomBy, panBy, reset }
}
