import { shallowReadonly, shallowRef } from 'vue'
import type { Ref } from 'vue'

export type ToastTone = 'calm' | 'good' | 'warn' | 'bad'

export interface ToastAction {
  readonly label: string
  readonly run: () => unknown
}

/** A short piece of news in the corner of the window. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: ToastTone
  readonly action: ToastAction | null
}

/** More would cover what a person looks at: the oldest makes room. */
const MOST_TOASTS = 3

const toasts = shallowRef<readonly Toast[]>([])
let lastId = 0

/** Says something in the corner. The same words as a toast that still stands replace it. */
function say(text: string, tone: ToastTone = 'calm', action?: ToastAction): void {
  const toast: Toast = { id: ++lastId, text, tone, action: action ?? null }
  toasts.value = [...toasts.value.filter((one) => one.text !== text), toast].slice(-MOST_TOASTS)
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** The window's toasts: `say` adds one; the list, oldest first, is for the one place that draws them. */
export function useToasts(): {
  readonly toasts: Readonly<Ref<readonly Toast[]>>
  readonly say: typeof say
  readonly dismiss: typeof dismiss
} {
  return { toasts: shallowReadonly(toasts), say, dismiss }
}
