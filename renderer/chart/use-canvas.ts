import { onBeforeUnmount, onMounted } from 'vue'
import type { Ref } from 'vue'
import { useResizeObserver } from '@vueuse/core'
import { useRedraw } from './use-redraw.ts'

/** A canvas of the size of its box, at the screen's own resolution, drawn once a frame at most. */
export function useCanvas(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  draw: (ctx: CanvasRenderingContext2D, width: number, height: number) => void,
): (isUrgent?: boolean) => void {
  let isGone = false
  const redraw = useRedraw(() => {
    const element = canvas.value
    const ctx = element?.getContext('2d') ?? null
    if (element === null || ctx === null || isGone) return
    const { clientWidth: width, clientHeight: height } = element
    const scale = window.devicePixelRatio || 1
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
    if (element.width !== wide || element.height !== high) {
      element.width = wide
      element.height = high
    }
    ctx.setTransform(scale, 0, 0, scale, 0, 0)
    ctx.clearRect(0, 0, width, height)
    if (width > 0 && height > 0) draw(ctx, width, height)
  })
  onMounted(() => redraw())
  onBeforeUnmount(() => {
    isGone = true
  })
  useResizeObserver(canvas, () => redraw())
  return redraw
}
