import { onMounted, shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { useEventListener, useMutationObserver } from '@vueuse/core'

/** The chart's colours, read from the style sheet's tokens: one place decides, light and dark alike. */
export interface Palette {
  readonly train: string
  readonly band: string
  /** The train line before smoothing. */
  readonly raw: string
  readonly dev: string
  readonly ghost: string
  readonly grid: string
  readonly day: string
  readonly ink: string
  readonly muted: string
  readonly ground: string
  readonly accent: string
  /** What is not a number. */
  readonly bad: string
  readonly font: string
}

export function readPalette(element: Element): Palette {
  const styles = getComputedStyle(element)
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  return {
    train: token('train'),
    band: token('train-band'),
    raw: token('train-raw'),
    dev: token('dev'),
    ghost: token('ghost'),
    grid: token('grid'),
    day: token('day-line'),
    ink: token('ink'),
    muted: token('muted'),
    ground: token('ground'),
    accent: token('accent'),
    bad: token('bad'),
    font: styles.fontFamily,
  }
}

/**
 * The palette, read once and again when the theme changes, so that no frame asks for computed styles. Null
 * until the page is there.
 */
export function usePalette(): Readonly<ShallowRef<Palette | null>> {
  const palette = shallowRef<Palette | null>(null)
  const read = () => {
    palette.value = readPalette(document.body)
  }
  onMounted(read)
  useMutationObserver(() => document.documentElement, read, { attributeFilter: ['data-theme'] })
  useEventListener(() => matchMedia('(prefers-color-scheme: dark)'), 'change', read)
  return palette
}
