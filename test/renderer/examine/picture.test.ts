import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asDigit,
  boundsOf,
  centreOfMass,
  emptyPicture,
  fit,
  groundOf,
  invert,
  massOf,
  scale,
  shift,
} from '../../../renderer/examine/picture.ts'
import type { Picture } from '../../../renderer/examine/picture.ts'

const side = fc.integer({ min: 1, max: 40 })
const pictures = fc.tuple(side, side).chain(([width, height]) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
      minLength: width * height,
      maxLength: width * height,
    })
    .map((bytes): Picture => ({
      width,
      height,
      values: Float32Array.from(bytes, (byte) => byte / 255),
    })),
)

/** A picture drawn with letters: `#` is full, `.` is empty. */
function drawn(...rows: readonly string[]): Picture {
  const [first = ''] = rows
  const values = Float32Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0))
  return { width: first.length, height: rows.length, values }
}

const isWithinRange = ({ values }: Picture) => values.every((value) => value >= 0 && value <= 1)

describe('scaling', () => {
  test('keeps the mean brightness, whatever the sizes', () => {
    fc.assert(
      fc.property(pictures, side, side, (picture, width, height) => {
        const scaled = scale(picture, width, height)

        const before = massOf(picture) / picture.values.length
        const after = massOf(scaled) / scaled.values.length
        expect(after).toBeCloseTo(before, 4)
      }),
    )
  })

  test('never leaves the range from 0 to 1', () => {
    fc.assert(
      fc.property(pictures, side, side, (picture, width, height) => {
        expect(isWithinRange(scale(picture, width, height))).toBe(true)
      }),
    )
  })

  test('down by two takes the mean of four pixels', () => {
    const scaled = scale(drawn('##..', '#...', '....', '...#'), 2, 2)

    expect(Array.from(scaled.values)).toEqual([0.75, 0, 0, 0.25])
  })

  test('to a width that does not divide takes parts of pixels', () => {
    const scaled = scale(drawn('#..'), 2, 1)

    expect(scaled.values[0]).toBeCloseTo(2 / 3)
    expect(scaled.values[1]).toBe(0)
  })
})

describe('the bounds', () => {
  test('hold everything that is not empty', () => {
    expect(boundsOf(drawn('....', '.##.', '..#.', '....'))).toEqual({
      left: 1,
      top: 1,
      right: 3,
      bottom: 3,
    })
  })

  test('of an empty picture are none', () => {
    expect(boundsOf(emptyPicture(5, 5))).toBeNull()
  })
})

describe('shifting', () => {
  test('forth and back loses only what left the picture', () => {
    const picture = drawn('.....', '.##..', '..#..', '.....', '.....')

    const back = shift(shift(picture, 1, 2), -1, -2)

    expect(back.values).toEqual(picture.values)
  })

  test('moves towards the right and down', () => {
    const moved = shift(drawn('#..', '...', '...'), 2, 1)

    expect(boundsOf(moved)).toEqual({ left: 2, top: 1, right: 3, bottom: 2 })
  })

  test('out of the picture leaves nothing', () => {
    expect(massOf(shift(drawn('##', '##'), 2, 0))).toBe(0)
  })
})

describe('a drawing as a digit', () => {
  test('has the size of the frame, never leaves 0 to 1, and is empty only if the drawing is', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const digit = asDigit(picture, 28, 28)

        expect([digit.width, digit.height]).toEqual([28, 28])
        expect(isWithinRange(digit)).toBe(true)
        expect(massOf(digit) > 0).toBe(massOf(picture) > 0)
      }),
    )
  })

  test('fills 20 of 28 pixels along its longer side', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const ink = boundsOf(picture)
        fc.pre(ink !== null)
        const bounds = boundsOf(asDigit(picture, 28, 28))
        const longer = Math.max(
          (bounds?.right ?? 0) - (bounds?.left ?? 0),
          (bounds?.bottom ?? 0) - (bounds?.top ?? 0),
        )

        expect(longer).toBeLessThanOrEqual(20)
        expect(longer).toBeGreaterThanOrEqual(19)
      }),
    )
  })

  test('keeps all of its ink: the mass is that of the cropped drawing, scaled', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const ink = boundsOf(picture)
        fc.pre(ink !== null)
        const [width, height] = [
          (ink?.right ?? 0) - (ink?.left ?? 0),
          (ink?.bottom ?? 0) - (ink?.top ?? 0),
        ]
        const factor = 20 / Math.max(width, height)
        const area =
          Math.max(1, Math.round(width * factor)) * Math.max(1, Math.round(height * factor))
        const expected = (massOf(picture) / (width * height)) * area

        expect(massOf(asDigit(picture, 28, 28))).toBeCloseTo(expected, 1)
      }),
    )
  })

  test('has its centre of mass in the middle, to within half a pixel, where it may move freely', () => {
    const blob = fc.tuple(fc.nat(30), fc.nat(30)).map(([x, y]) => {
      const picture = emptyPicture(60, 60)
      for (let i = 0; i < 20; i += 1) {
        for (let j = 0; j < 20; j += 1) picture.values[(y + j) * 60 + x + i] = i < 12 ? 1 : 0.4
      }
      return picture
    })
    fc.assert(
      fc.property(blob, (picture) => {
        const [x, y] = centreOfMass(asDigit(picture, 28, 28))

        expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5)
        expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5)
      }),
    )
  })

  test('stays as it is where it is one already', () => {
    const once = emptyPicture(28, 28)
    for (let y = 4; y < 24; y += 1) for (let x = 12; x < 16; x += 1) once.values[y * 28 + x] = 1

    const again = asDigit(once, 28, 28)

    expect(again.values).toEqual(once.values)
  })

  test('loses nothing at the edge, however lopsided it is', () => {
    const lopsided = drawn('#...................', '####################', '#...................')

    const digit = asDigit(lopsided, 28, 28)

    expect(massOf(digit)).toBeCloseTo(22, 3)
  })
})

describe('fitting', () => {
  test('keeps the proportions and fills the rest with the ground', () => {
    const framed = fit(drawn('####', '####'), 4, 4, 0.5)

    expect(Array.from(framed.values)).toEqual([
      ...Array.from({ length: 4 }, () => 0.5),
      ...Array.from({ length: 8 }, () => 1),
      ...Array.from({ length: 4 }, () => 0.5),
    ])
  })

  test('the ground is what the edge is made of', () => {
    expect(groundOf(invert(drawn('...', '.#.', '...')))).toBe(1)
  })
})
