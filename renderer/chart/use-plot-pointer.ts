import { readonly, shallowRef } from 'vue'
import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'
import type { Range } from './curve-data.ts'
import type { Plane } from './plane.ts'

interface Moves {
  readonly plane: () => Plane
  readonly zoomBy: (by: number, x: number) => void
  /** Positive looks further right. */
  readonly panBy: (pixels: number) => void
  readonly reset: () => void
  readonly isZoomed: () => boolean
  /** Shows a range of the axis's own unit. */
  readonly showUnits: (units: Range) => void
  /** The pointer is over the plot at x; null when it left. */
  readonly onHover: (x: number | null) => void
}

/** A hand that shook: shorter drags are clicks. */
const LEAST_DRAG = 6
const LEAST_PINCH = 12

/**
 * The pointer on the plot: the wheel zooms, sideways it pans; a drag selects a stretch, with Shift or the
 * middle button it pans; two fingers pinch; a double click shows all.
 */
export function usePlotPointer(target: Readonly<Ref<HTMLElement | null>>, moves: Moves) {
  const { plane, zoomBy, panBy, reset, isZoomed, showUnits, onHover } = moves
  /** The stretch being selected, in pixels of the target. */
  const selection = shallowRef<{ readonly left: number; readonly width: number } | null>(null)
  const fingers = new Map<number, number>()
  let drag: { readonly start: number; x: number; readonly isPan: boolean } | null = null
  let pinch: readonly { readonly id: number; readonly unit: number }[] = []

  const offsetOf = (event: MouseEvent) =>
    event.clientX - (target.value?.getBoundingClientRect().left ?? 0)
  const unitAt = (x: number) => {
    const { from, to, left, right } = plane()
    return from + ((x - left) / (right - left)) * (to - from)
  }
  const isOnControl = (event: Event) =>
    (event.target as Element).closest('button, summary') !== null

  useEventListener(
    target,
    'wheel',
    (event: WheelEvent) => {
      event.preventDefault()
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1
      const [dx, dy] = [event.deltaX * lines, event.deltaY * lines]
      if (Math.abs(dx) > Math.abs(dy)) return panBy(dx)
      if (event.shiftKey) return panBy(dy)
      // A pinch on a trackpad comes as a wheel with Ctrl, in small steps.
      const power = event.ctrlKey ? dy / 60 : dy / 240
      zoomBy(Math.exp(Math.max(-1, Math.min(1, power))), offsetOf(event))
    },
    { passive: false },
  )

  function pinchStart(): void {
    drag = null
    selection.value = null
    pinch = [...fingers].slice(0, 2).map(([id, x]) => ({ id, unit: unitAt(x) }))
  }

  /** What was under each finger stays under it. */
  function pinchMove(): void {
    const [a, b] = pinch
    const [xa, xb] = [fingers.get(a?.id ?? -1), fingers.get(b?.id ?? -1)]
    if (a === undefined || b === undefined || xa === undefined || xb === undefined) return
    if (Math.abs(xb - xa) < LEAST_PINCH) return
    const perPixel = (b.unit - a.unit) / (xb - xa)
    if (!(perPixel > 0)) return
    const { left, right } = plane()
    const from = a.unit - (xa - left) * perPixel
    showUnits({ from, to: from + (right - left) * perPixel })
  }

  useEventListener(target, 'mousedown', (event: MouseEvent) => {
    // The middle button would start the browser's own scrolling.
    if (event.button === 1) event.preventDefault()
  })
  useEventListener(target, 'pointerdown', (event: PointerEvent) => {
    if (event.button > 1 || isOnControl(event)) return
    target.value?.setPointerCapture(event.pointerId)
    const x = offsetOf(event)
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, x)
      if (fingers.size === 2) return pinchStart()
    }
    const isTouchPan = event.pointerType === 'touch' && isZoomed()
    drag = { start: x, x, isPan: event.shiftKey || event.button === 1 || isTouchPan }
  })
  useEventListener(target, 'pointermove', (event: PointerEvent) => {
    const x = offsetOf(event)
    const { left, right } = plane()
    onHover(x < left || x > right || isOnControl(event) ? null : x)
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, x)
    if (fingers.size >= 2) return pinchMove()
    if (drag === null) return
    if (drag.isPan) panBy(drag.x - x)
    else selection.value = { left: Math.min(x, drag.start), width: Math.abs(x - drag.start) }
    drag.x = x
  })
  const drop = (event: PointerEvent) => {
    fingers.delete(event.pointerId)
    if (fingers.size < 2) pinch = []
    drag = null
    selection.value = null
  }
  useEventListener(target, 'pointerup', (event: PointerEvent) => {
    const done = drag
    drop(event)
    if (done === null || done.isPan) return
    const x = offsetOf(event)
    if (Math.abs(x - done.start) < LEAST_DRAG) return
    showUnits({ from: unitAt(Math.min(x, done.start)), to: unitAt(Math.max(x, done.start)) })
  })
  useEventListener(target, 'pointercancel', drop)
  useEventListener(target, 'pointerleave', () => onHover(null))
  useEventListener(target, 'dblclick', (event: MouseEvent) => {
    if (!isOnControl(event)) reset()
  })

  return { selection: readonly(selection) }
}
