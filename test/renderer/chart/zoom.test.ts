import { effectScope, ref } from 'vue'
import { afterEach, describe, expect, test } from 'vitest'
import { STEPS } from '../../../renderer/chart/axis-map.ts'
import { NO_TIMES } from '../../../renderer/chart/time-anchors.ts'
import { planeOf } from '../../../renderer/chart/plane.ts'
import { useZoom } from '../../../renderer/chart/use-zoom.ts'
import { xAxisOf } from '../../../renderer/chart/x-axis.ts'
import { firstSnapshot } from '../fake-run.ts'

const disposals: (() => void)[] = []
afterEach(() => {
  for (const dispose of disposals.splice(0)) dispose()
})

/** A plot 800 pixels wide over a run that has come to `head`. */
function openPlot(head: number) {
  const plot = document.createElement('div')
  const run = { head }
  const axis = xAxisOf('step', firstSnapshot(), NO_TIMES)
  const whole = () => ({ from: 0, to: run.head * 1.04 })
  const hovered: (number | null)[] = []
  const local = effectScope()
  disposals.push(() => local.stop())
  const zoom = local.run(() => {
    const made: ReturnType<typeof useZoom> = useZoom(ref(plot), {
      whole,
      axis: () => STEPS,
      plane: () => planeOf(axis, made.range.value ?? whole(), 864),
      head: () => run.head,
      onHover: (x) => hovered.push(x),
    })
    return made
  })
  if (zoom === undefined) throw new Error('the scope is closed')
  const send = (type: string, init: PointerEventInit & WheelEventInit) =>
    plot.dispatchEvent(
      type === 'wheel'
        ? // happy-dom's wheel events have no place.
          Object.assign(new Event(type, { cancelable: true }), { deltaX: 0, deltaMode: 0, ...init })
        : new PointerEvent(type, { pointerId: 1, button: 0, ...init }),
    )
  plot.setPointerCapture = () => {}
  return { run, zoom, send, hovered }
}

describe('moving over the curve', () => {
  test('a drag shows the stretch that it covers, a click shows nothing new', () => {
    const { zoom, send } = openPlot(1_000)

    send('pointerdown', { clientX: 54 })
    send('pointerup', { clientX: 56 })
    expect(zoom.range.value).toBeNull()
    send('pointerdown', { clientX: 54 })
    send('pointermove', { clientX: 454 })
    expect(zoom.selection.value).toEqual({ left: 54, width: 400 })
    send('pointerup', { clientX: 454 })

    expect(zoom.selection.value).toBeNull()
    expect(zoom.range.value?.from).toBeCloseTo(0)
    expect(zoom.range.value?.to).toBeCloseTo(520)
  })

  test('the wheel zooms where the pointer is, and what lies under it stays there', () => {
    const { zoom, send } = openPlot(1_000)
    const under = 0.25 * 1_040

    send('wheel', { clientX: 54 + 200, deltaY: -240 })

    const { from, to } = zoom.range.value ?? { from: 0, to: 0 }
    expect(to - from).toBeCloseTo(1_040 / Math.E)
    expect(from + (to - from) / 4).toBeCloseTo(under)
  })

  test('two fingers pinch, each staying on its step', () => {
    const { zoom, send } = openPlot(1_000)
    const touch = (type: string, pointerId: number, clientX: number) =>
      send(type, { pointerId, clientX, pointerType: 'touch' })

    touch('pointerdown', 1, 254)
    touch('pointerdown', 2, 454)
    touch('pointermove', 1, 154)
    touch('pointermove', 2, 554)

    const { from, to } = zoom.range.value ?? { from: 0, to: 0 }
    expect(to - from).toBeCloseTo(520)
    expect(from + ((to - from) * 100) / 800).toBeCloseTo(260)
  })

  test('a double click shows all', () => {
    const { zoom, send } = openPlot(1_000)
    zoom.zoomBy(0.5)

    send('dblclick', {})

    expect(zoom.isZoomed.value).toBe(false)
  })
})

describe('following the newest', () => {
  test('keeps as many steps in view while they move on', () => {
    const { run, zoom } = openPlot(1_000)
    zoom.follow()
    const span = (zoom.range.value?.to ?? 0) - (zoom.range.value?.from ?? 0)

    run.head = 1_500
    zoom.keepUp()

    expect(zoom.isFollowing.value).toBe(true)
    expect(zoom.range.value?.to).toBeCloseTo(1_500 + span * 0.04)
    expect((zoom.range.value?.to ?? 0) - (zoom.range.value?.from ?? 0)).toBeCloseTo(span)
  })

  test('lets go as soon as one looks back, and takes hold again when asked', () => {
    const { run, zoom } = openPlot(1_000)
    zoom.follow()

    zoom.panBy(-400)
    const seen = zoom.range.value
    run.head = 1_100
    zoom.keepUp()

    expect(zoom.isLookingBack.value).toBe(true)
    expect(zoom.range.value).toEqual(seen)
    zoom.follow()
    expect([zoom.isFollowing.value, zoom.isLookingBack.value]).toEqual([true, false])
  })

  test('begins where one zooms in on the end, and ends with the zoom', () => {
    const { zoom } = openPlot(1_000)

    zoom.zoomBy(0.5, 854)
    expect(zoom.isFollowing.value).toBe(true)
    zoom.reset()

    expect([zoom.isFollowing.value, zoom.isZoomed.value]).toEqual([false, false])
  })
})
