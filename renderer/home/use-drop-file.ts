import { readonly, ref } from 'vue'
import { useEventListener } from '@vueuse/core'

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
const isOverDialog = (event: DragEvent) =>
  event.target instanceof Element && event.target.closest('[role=dialog]') !== null

/** Takes a file that is dropped anywhere in the window, except over a dialog: that has its own use for it. */
export function useDropFile(take: (file: File) => void) {
  const isOver = ref(false)

  useEventListener(window, 'dragover', (event: DragEvent) => {
    if (!hasFiles(event) || isOverDialog(event)) return
    event.preventDefault()
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy' // the app says none
    isOver.value = true
  })
  useEventListener(window, 'dragleave', (event: DragEvent) => {
    // Null: the pointer left the window, and not one element for another.
    if (event.relatedTarget === null) isOver.value = false
  })
  useEventListener(window, 'drop', (event: DragEvent) => {
    isOver.value = false
    if (!hasFiles(event) || isOverDialog(event)) return
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) take(file)
  })

  return readonly(isOver)
}
