import { useToasts } from '../shell/toasts.ts'

/**
 * Shows a run's file: on the desktop in the system's file manager; in a browser, which may not, its path goes to
 * the clipboard. Says what it did.
 */
export async function showFile(file: string): Promise<void> {
  const { say } = useToasts()
  if (window.panda !== undefined) {
    window.panda.showFile(file)
    return
  }
  try {
    await navigator.clipboard.writeText(file)
    say(`A browser can’t open folders, so the path is on your clipboard: ${file}`)
  } catch {
    // Not allowed here (no focus, no permission): the path itself is what was asked for.
    say(`The file is ${file}`)
  }
}
