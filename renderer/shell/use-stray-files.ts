import { useEventListener } from '@vueuse/core'

const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/**
 * A file that is dropped where nothing takes it changes nothing, and the pointer says so: a browser would leave
 * the page for it. Who takes files where they are dropped prevents the default itself, below the window.
 */
export function useStrayFiles(): void {
  useEventListener(window, 'dragover', (event: DragEvent) => {
    if (event.defaultPrevented || !isFiles(event)) return
    event.preventDefault()
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none'
  })
  useEventListener(window, 'drop', (event: DragEvent) => {
    if (isFiles(event)) event.preventDefault()
  })
}
