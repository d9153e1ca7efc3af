import { describe, expect, test } from 'vitest'
import { shallowRef } from 'vue'
import { useTrialWalk } from '../../../renderer/search/use-trial-walk.ts'
import type { WalkWay } from '../../../renderer/search/walk-keys.ts'

/** A picture whose trials are walked in this order, with what it said and selected. */
function picture(
  order: readonly number[],
  { way = 'ranking', leave }: { readonly way?: WalkWay; readonly leave?: () => boolean } = {},
) {
  const selected = shallowRef<number | null>(null)
  const box = document.createElement('div')
  const walk = useTrialWalk({
    way,
    order: () => order,
    selected: () => selected.value,
    select: (trial) => {
      selected.value = trial
    },
    say: (trial, place) => `${place}: trial ${trial}`,
    ...(leave && { leave }),
  })
  box.addEventListener('keydown', walk.listeners.keydown)
  /** Presses a key; true where the picture made use of it. */
  const press = (key: string, more: KeyboardEventInit = {}, target: Element = box) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  return { ...walk, box, selected, press }
}

describe('keys on a picture of trials', () => {
  test('begin at the first going on, at the last going back, and stop at the ends', () => {
    const down = picture([7, 3, 5])
    const up = picture([7, 3, 5])

    down.press('ArrowDown')
    up.press('ArrowUp')

    expect([down.hovered.value, up.hovered.value]).toEqual([7, 5])
    down.press('ArrowUp')
    up.press('ArrowDown')
    expect([down.hovered.value, up.hovered.value]).toEqual([7, 5])
  })

  test('go on from the selected trial, by ten with Shift, and say where they came', () => {
    const trials = Array.from({ length: 1_200 }, (_, i) => i + 1)
    const { press, selected, hovered, announced } = picture(trials)
    selected.value = 1_001

    press('ArrowDown', { shiftKey: true })

    expect(hovered.value).toBe(1_011)
    expect(announced.value).toBe('1\u202f011 of 1\u202f200: trial 1011')
  })

  test('walk along an axis from left to right, and leave the other arrows to the page', () => {
    const { press, hovered } = picture([7, 3, 5], { way: 'axis' })

    expect(press('ArrowDown')).toBe(false)
    expect(press('ArrowRight')).toBe(true)
    expect(press('End')).toBe(true)

    expect(hovered.value).toBe(5)
  })

  test('do nothing where there is no trial', () => {
    const { press, hovered, announced } = picture([])

    press('Home')
    press('ArrowDown')

    expect(hovered.value).toBeNull()
    expect(announced.value).toBe('')
    expect(press('Enter')).toBe(false)
  })

  test('select the trial they are at', () => {
    const { press, selected } = picture([7, 3, 5])

    press('End')
    press(' ')

    expect(selected.value).toBe(5)
  })

  test('let go of one thing at a time, and of the last leave Escape to the page', () => {
    let brushes = 1
    const leave = () => brushes-- > 0
    const { press, hovered, selected } = picture([7, 3], { leave })
    press('Home')
    press('Enter')

    expect(press('Escape')).toBe(true)
    expect([hovered.value, brushes, selected.value]).toEqual([null, 1, 7])
    expect(press('Escape')).toBe(true)
    expect([brushes, selected.value]).toEqual([0, 7])
    expect(press('Escape')).toBe(true)
    expect(selected.value).toBeNull()
    expect(press('Escape')).toBe(false)
  })

  test("are not taken from the browser, nor from what has the focus within the picture's box", () => {
    const { press, box, hovered } = picture([7, 3])
    const button = box.appendChild(document.createElement('button'))

    expect(press('ArrowDown', { altKey: true })).toBe(false)
    expect(press('Home', {}, button)).toBe(false)

    expect(hovered.value).toBeNull()
  })

  test('are where the picture is left: nothing is under the pointer then', () => {
    const { press, listeners, hovered } = picture([7, 3])
    press('Home')

    listeners.blur()

    expect(hovered.value).toBeNull()
  })
})
