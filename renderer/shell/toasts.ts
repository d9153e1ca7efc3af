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
  /** What it is about: the newest about it is the only one that stands. */
  readonly topic: string
}

/** More would cover what a person looks at: the oldest makes room. */
const MOST_TOASTS = 3

const toasts = shallowRef<readonly Toast[]>([])
let lastId = 0

/** Says something in the corner. It replaces what still stands there about the same `topic`: by default, the same words. */
function say(text: string, tone: ToastTone = 'calm', action?: ToastAction, topic = text): void {
  const toast: Toast = { id: ++lastId, text, tone, action: action ?? null, topic }
  const others = toasts.value.filter((one) => one.topic !== topic)
  toasts.value = [...others, toast].slice(-MOST_TOASTS)
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Takes away what stands there about topics that begin so: it was seen elsewhere. */
function dismissAbout(start: string): void {
  toasts.value = toasts.value.filter(({ topic }) => !topic.startsWith(start))
}

/** The window's toasts: `say` adds one; the list, oldest first, is for the one place that draws them. */
export function useToasts(): {
  readonly toasts: Readonly<Ref<readonly Toast[]>>
  readonly say: typeof say
  readonly dismiss: typeof dismiss
  readonly dismissAbout: typeof dismissAbout
} {
  return { toasts: shallowReadonly(toasts), say, dismiss, dismissAbout }
}
