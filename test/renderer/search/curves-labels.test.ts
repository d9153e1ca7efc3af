import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelPlaces } from '../../../renderer/search/curves/label-places.ts'
import type { LabelEnd } from '../../../renderer/search/curves/label-places.ts'

const FRAME = { top: 24, bottom: 300 }
const ROOM = 600
const end = (trial: number, x: number, y: number): LabelEnd => ({ trial, x, y, width: 70 })
const heights = (...ends: readonly LabelEnd[]) =>
  [...labelPlaces(ends, FRAME, ROOM).values()].map(({ y }) => y)

describe('words at the ends of lines', () => {
  test('stand beside their own end where there is room', () => {
    const places = labelPlaces([end(1, 300, 80), end(2, 300, 120)], FRAME, ROOM)

    expect(places.get(1)).toEqual({ x: 309, y: 80, isLeft: false, width: 70 })
    expect(places.get(2)).toEqual({ x: 309, y: 120, isLeft: false, width: 70 })
  })

  test('step aside for those before them, to the nearer side', () => {
    expect(heights(end(1, 300, 100), end(2, 300, 104))).toEqual([100, 116])
    expect(heights(end(1, 300, 100), end(2, 300, 97))).toEqual([100, 84])
    expect(heights(end(1, 300, 100), end(2, 300, 104), end(3, 300, 103))).toEqual([100, 116, 84])
  })

  test('stay where the other ones are far to a side', () => {
    expect(heights(end(1, 100, 100), end(2, 300, 104))).toEqual([100, 104])
  })

  test('stand above the line where the right side has no room', () => {
    const places = labelPlaces([end(1, 560, 100)], FRAME, ROOM)

    expect(places.get(1)).toEqual({ x: 551, y: 88, isLeft: true, width: 70 })
  })

  test('never leave the plot by stepping aside', () => {
    expect(heights(end(1, 300, 300), end(2, 300, 299))).toEqual([292, 276])
    expect(heights(end(1, 300, 24), end(2, 300, 24))).toEqual([32, 48])
  })

  test('never lie on each other, and of three the first is always at its own end', () => {
    const ends = fc
      .array(
        fc.record({ x: fc.integer({ min: 54, max: 500 }), y: fc.integer({ min: 0, max: 320 }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((spots) => spots.map(({ x, y }, i) => end(i + 1, x, y)))

    fc.assert(
      fc.property(ends, (some) => {
        const places = [...labelPlaces(some, FRAME, ROOM).values()]
        const alone = labelPlaces(some.slice(0, 1), FRAME, ROOM).get(1)

        expect(places[0]).toEqual(alone)
        for (const [i, one] of places.entries()) {
          for (const other of places.slice(i + 1)) {
            const isApart = Math.abs(one.x - other.x) >= 76 || Math.abs(one.y - other.y) >= 16
            expect(isApart).toBe(true)
          }
        }
      }),
    )
  })
})
