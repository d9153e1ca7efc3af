import { onScopeDispose } from 'vue'

/** News comes every 60 ms at most, and each is drawn; more would cost the training its cores. */
const SHORTEST_GAP_MS = 45

/**
 * Calls `draw` soon: once a frame at most, however often it is asked for, and at most every `gapMs`
 * unless it is urgent: a hand on the plot does not wait.
 */
export function useRedraw(draw: () => void, gapMs = SHORTEST_GAP_MS): (isUrgent?: boolean) => void {
  let isOver = false
  let lastAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | null = null
  let frame: number | null = null
  const cancel = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const nextFrame = () => {
    frame = requestAnimationFrame(() => {
      frame = null
      lastAt = performance.now()
      draw()
    })
  }
  onScopeDispose(() => {
    isOver = true
    cancel()
    if (frame !== null) cancelAnimationFrame(frame)
  })
  return (isUrgent = false) => {
    if (isOver || frame !== null) return
    const wait = isUrgent ? 0 : lastAt + gapMs - performance.now()
    if (wait <= 0) {
      cancel()
      nextFrame()
    } else {
      timer ??= setTimeout(() => {
        timer = null
        nextFrame()
      }, wait)
    }
  }
}
