import { shallowRef } from 'vue'
import { formatCount } from '../ui/format.ts'
import { walkKey } from './walk-keys.ts'
import type { WalkWay } from './walk-keys.ts'

interface Sources {
  readonly way: WalkWay
  /** The trials in the order in which keys walk them; asked for at each key. */
  readonly order: () => readonly number[]
  readonly selected: () => number | null
  readonly select: (trial: number | null) => void
  /** The trial that keys came to, for who hears it; `place` is `3 of 12`. By then it is the hovered one. */
  readonly say: (trial: number, place: string) => string
  /** What Escape does before it lets go of the selected trial; false where there is nothing to do. */
  readonly leave?: () => boolean
}

/** The trial of a picture that is meant: what is under the pointer, or where the keys are. */
export function useTrialWalk({ way, order, selected, select, say, leave }: Sources) {
  const hovered = shallowRef<number | null>(null)
  const announced = shallowRef('')

  function walkTo(trials: readonly number[], index: number): void {
    const at = Math.max(0, Math.min(trials.length - 1, index))
    const trial = trials[at]
    if (trial === undefined) return
    hovered.value = trial
    announced.value = say(trial, `${formatCount(at + 1)} of ${formatCount(trials.length)}`)
  }
  function onKey(event: KeyboardEvent): void {
    const here = hovered.value ?? selected()
    walkKey(event, way, {
      by: (places) => {
        const trials = order()
        const at = here === null ? -1 : trials.indexOf(here)
        const end = places > 0 ? 0 : trials.length - 1
        walkTo(trials, at < 0 ? end : at + places)
      },
      toEnd: (end) => {
        const trials = order()
        walkTo(trials, end === 'first' ? 0 : trials.length - 1)
      },
      choose: () => {
        if (here !== null) select(here)
        return here !== null
      },
      leave: () => {
        if (hovered.value !== null) hovered.value = null
        else if (leave?.() === true) return true
        else if (selected() === null) return false
        else select(null)
        return true
      },
    })
  }
  function letGo(): void {
    hovered.value = null
  }

  return {
    hovered,
    announced,
    /** For the box of the picture. */
    listeners: { keydown: onKey, blur: letGo, pointerleave: letGo },
  }
}
