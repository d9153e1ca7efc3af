import { onScopeDispose } from 'vue'

/** Ten drawings a second are plenty for a curve; more would cost the training its cores. */
const SHORTEST_GAP_MS = 100

/** Calls `draw` soon: once a frame at most, however often it is asked for. */
export function useRedraw(draw: () => void): () => void {
  let isDue = false
  let lastAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame = 0
  onScopeDispose(() => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
    isDue = true // nothing is drawn any more
  })
  return () => {
    if (isDue) return
    isDue = true
    timer = setTimeout(
      () => {
        frame = requestAnimationFrame(() => {
          isDue = false
          lastAt = performance.now()
          draw()
        })
      },
      Math.max(0, lastAt + SHORTEST_GAP_MS - performance.now()),
    )
  }
}
