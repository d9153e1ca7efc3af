import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf, emptyPicture, massOf } from '../../../renderer/examine/picture.ts'
import { edited } from '../../../renderer/examine/strokes.ts'
import type { Edit, Place } from '../../../renderer/examine/strokes.ts'

const stroke = (places: readonly Place[], erases = false, width = 0.1): Edit => ({
  kind: 'stroke',
  places,
  width,
  erases,
})
const place = fc.tuple(
  fc.float({ min: -1, max: 2, noNaN: true }),
  fc.float({ min: -1, max: 2, noNaN: true }),
)

describe('strokes', () => {
  test('a dot is as wide as the brush', () => {
    const dot = edited(emptyPicture(100, 100), [stroke([[0.5, 0.5]])])

    expect(boundsOf(dot)).toEqual({ left: 45, top: 45, right: 55, bottom: 55 })
    expect(massOf(dot)).toBeCloseTo(Math.PI * 25, -1)
  })

  test('places of one stroke are joined', () => {
    const line = edited(emptyPicture(100, 100), [
      stroke([
        [0.2, 0.5],
        [0.8, 0.5],
      ]),
    ])

    expect(line.values[50 * 100 + 50]).toBe(1)
  })

  test('stay within 0 and 1 wherever they go, also outside the sheet', () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (places, erases) => {
          const { values } = edited(emptyPicture(24, 20), [
            stroke([[0.5, 0.5]]),
            stroke(places, erases),
          ])

          expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
        },
      ),
    )
  })

  test('erasing where one drew leaves nothing', () => {
    const places: Place[] = [
      [0.2, 0.2],
      [0.7, 0.6],
    ]

    const wiped = edited(emptyPicture(60, 60), [stroke(places), stroke(places, true, 0.2)])

    expect(massOf(wiped)).toBe(0)
  })

  test('a shift moves all that was drawn before it', () => {
    const moved = edited(emptyPicture(100, 100), [
      stroke([[0.3, 0.3]]),
      { kind: 'shift', right: 0.1, down: -0.05 },
    ])

    expect(boundsOf(moved)).toEqual({ left: 35, top: 20, right: 45, bottom: 30 })
  })

  test('the picture that was given stays as it is', () => {
    const before = emptyPicture(10, 10)

    edited(before, [stroke([[0.5, 0.5]])])

    expect(massOf(before)).toBe(0)
  })
})
