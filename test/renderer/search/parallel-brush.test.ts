import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  brushed,
  dragged,
  passes,
  slid,
  sliderEnds,
} from '../../../renderer/search/pictures/brush.ts'
import type { BrushAxis } from '../../../renderer/search/pictures/brush.ts'

const EVEN = Array.from({ length: 11 }, (_, i) => i / 10)
const plain: BrushAxis = { key: 'a', isBanded: false, stops: EVEN }
const lacking: BrushAxis = { key: 'a', isBanded: false, stops: [-0.1, ...EVEN] }
const breaking: BrushAxis = { key: 'a', isBanded: false, stops: [...EVEN, 1.1] }
const choice: BrushAxis = { key: 'a', isBanded: true, stops: [0, 0.25, 0.5, 0.75, 1] }
const lackingChoice: BrushAxis = { key: 'a', isBanded: true, stops: [-0.1, 0, 0.5, 1] }

describe('a drag along an axis', () => {
  test('keeps what lies between its ends, whichever comes first', () => {
    expect(dragged(plain, 0.7, 0.2)).toEqual({ low: 0.2, high: 0.7 })
    expect(dragged(plain, 0.2, 0.7)).toEqual({ low: 0.2, high: 0.7 })
  })

  test('ends with the axis where nothing stands apart', () => {
    expect(dragged(plain, 0.4, -0.1)).toEqual({ low: 0, high: 0.4 })
    expect(dragged(plain, 0.4, 1.1)).toEqual({ low: 0.4, high: 1 })
  })

  test('reaches what stands apart once that is nearer than the axis', () => {
    expect(dragged(lacking, 0.4, -0.03)).toEqual({ low: 0, high: 0.4 })
    expect(dragged(lacking, 0.4, -0.08)).toEqual({ low: -0.1, high: 0.4 })
    expect(dragged(lacking, -0.09, -0.1)).toEqual({ low: -0.1, high: -0.1 })
    expect(dragged(breaking, 0.9, 1.08)).toEqual({ low: 0.9, high: 1.1 })
  })

  test('over the whole axis leaves nothing out and so is no brush', () => {
    expect(dragged(plain, -0.1, 1.1)).toBeNull()
    expect(dragged(lacking, -0.1, 1)).toBeNull()
    expect(dragged(lacking, 0, 1)).toEqual({ low: 0, high: 1 })
  })

  test('takes the whole of each choice that it touches', () => {
    expect(dragged(choice, 0.3, 0.4)).toEqual({ low: 0.25, high: 0.5 })
    expect(dragged(choice, 0.4, 0.6)).toEqual({ low: 0.25, high: 0.75 })
    expect(dragged(choice, 1.1, 0.99)).toEqual({ low: 0.75, high: 1 })
    expect(dragged(choice, 1, 1)).toEqual({ low: 0.75, high: 1 })
    expect(dragged(lackingChoice, -0.1, -0.1)).toEqual({ low: -0.1, high: -0.1 })
    expect(dragged(lackingChoice, -0.1, 0.2)).toEqual({ low: -0.1, high: 0.5 })
  })
})

describe('lines under brushes', () => {
  const axes = [plain, { ...plain, key: 'b' }]

  test('pass where they go through each of the stretches', () => {
    const one = brushed(new Map(), 'a', { low: 0.2, high: 0.4 })
    const two = brushed(one, 'b', { low: 0.8, high: 1 })

    expect(passes([0.3, 0.1], axes, one)).toBe(true)
    expect(passes([0.3, 0.1], axes, two)).toBe(false)
    expect(passes([0.3, 0.9], axes, two)).toBe(true)
    expect(passes([0.5, 0.9], axes, two)).toBe(false)
  })

  test('pass again once a brush is replaced or taken away, the others untouched', () => {
    const one = brushed(new Map(), 'a', { low: 0.2, high: 0.4 })
    const two = brushed(one, 'b', { low: 0.8, high: 1 })

    const moved = brushed(two, 'a', { low: 0.5, high: 0.6 })
    const without = brushed(two, 'a', null)

    expect(passes([0.5, 0.9], axes, moved)).toBe(true)
    expect(passes([0.3, 0.9], axes, moved)).toBe(false)
    expect(passes([0.5, 0.9], axes, without)).toBe(true)
    expect(passes([0.5, 0.1], axes, without)).toBe(false)
    expect([...one]).toEqual([['a', { low: 0.2, high: 0.4 }]])
  })

  test('pass the brush of an axis that is not there any more', () => {
    expect(passes([0.9], [plain], new Map([['gone', { low: 0, high: 0.1 }]]))).toBe(true)
  })
})

describe('the ends of a stretch by key', () => {
  test('stand at the ends of an axis that has no brush', () => {
    expect(sliderEnds(lacking, undefined)).toEqual({ low: 0, high: 11, lowMost: 10, highLeast: 0 })
    expect(sliderEnds(breaking, undefined)).toEqual({ low: 0, high: 11, lowMost: 11, highLeast: 1 })
  })

  test('move one by one, and push each other along', () => {
    const first = slid(plain, undefined, 'low', 3)
    expect(first).toEqual({ low: 0.3, high: 1 })

    const second = slid(plain, first ?? undefined, 'high', 2)

    expect(second).toEqual({ low: 0.1, high: 0.2 })
    expect(slid(plain, second ?? undefined, 'low', 6)).toEqual({ low: 0.6, high: 0.7 })
  })

  test('come together only at what stands apart', () => {
    expect(slid(lacking, undefined, 'high', 0)).toEqual({ low: -0.1, high: -0.1 })
    expect(slid(breaking, undefined, 'low', 11)).toEqual({ low: 1.1, high: 1.1 })
    expect(slid(choice, undefined, 'low', 4)).toEqual({ low: 0.75, high: 1 })
    expect(slid(choice, undefined, 'high', 0)).toEqual({ low: 0, high: 0.25 })
  })

  test('back at both ends of the axis are no brush', () => {
    expect(slid(plain, { low: 0.2, high: 1 }, 'low', 0)).toBeNull()
  })

  test('never cross, and never hold nothing of a choice', () => {
    const end = fc.constantFrom('low' as const, 'high' as const)
    const axis = fc.constantFrom(plain, lacking, breaking, choice, lackingChoice)
    const move = fc.tuple(end, fc.nat(11))
    fc.assert(
      fc.property(axis, fc.array(move, { maxLength: 12 }), (one, moves) => {
        let stretch: ReturnType<typeof slid> = null
        for (const [which, stop] of moves) {
          const within = Math.min(stop, one.stops.length - 1)
          stretch = slid(one, stretch ?? undefined, which, within)
          if (stretch === null) continue
          const { low, high } = stretch
          const isApart = low === high && (low < 0 || low > 1)
          expect(low < high || isApart).toBe(true)
        }
      }),
    )
  })
})
