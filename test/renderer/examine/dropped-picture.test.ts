import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { framed, likelyFraming } from '../../../renderer/examine/dropped-picture.ts'
import {
  featuresOf,
  frameOf,
  pixelsOf,
  planesOf,
  planesOfPixels,
} from '../../../renderer/examine/frame.ts'
import { massOf } from '../../../renderer/examine/picture.ts'
import type { Picture } from '../../../renderer/examine/picture.ts'

const GREY = frameOf([28, 28])
const COLOUR = frameOf([3, 4, 5])

/** Black ink on white paper, as a photograph has it: a bar off the middle, and grain. */
function photograph(): Picture {
  const values = Float32Array.from({ length: 80 * 60 }, (_, at) => {
    const [x, y] = [at % 80, Math.floor(at / 80)]
    return x > 10 && x < 20 && y > 10 && y < 50 ? 0.1 : 0.95 - (at % 3) * 0.02
  })
  return { width: 80, height: 60, values }
}

describe('a frame', () => {
  test('has one plane unless the shape names more', () => {
    expect(frameOf([28, 20])).toEqual({ channels: 1, height: 28, width: 20 })
    expect(frameOf([3, 32, 30])).toEqual({ channels: 3, height: 32, width: 30 })
  })

  test('gives an example back from its planes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true }), { minLength: 60, maxLength: 60 }),
        (values) => {
          const features = Float32Array.from(values)

          expect(featuresOf(planesOf(features, COLOUR))).toEqual(features)
        },
      ),
    )
  })

  test('shows colours where there are three planes, and grey otherwise', () => {
    const features = new Float32Array(60)
    features[0] = 1
    features[20] = 0.5

    expect(Array.from(pixelsOf(features, COLOUR).slice(0, 4))).toEqual([255, 128, 0, 255])
    expect(Array.from(pixelsOf(Float32Array.of(0.2), frameOf([1, 1])))).toEqual([51, 51, 51, 255])
  })
})

describe('the pixels of a file', () => {
  test('that are transparent are white paper', () => {
    const [plane] = planesOfPixels(Uint8ClampedArray.of(0, 0, 0, 0), 1, 1)

    expect(plane?.values[0]).toBeCloseTo(1)
  })

  test('become brightness for one channel and colours for three', () => {
    const red = Uint8ClampedArray.of(255, 0, 0, 255)

    expect(planesOfPixels(red, 1, 1)[0]?.values[0]).toBeCloseTo(0.2126)
    expect(planesOfPixels(red, 1, 3).map(({ values }) => values[0])).toEqual([1, 0, 0])
  })
})

describe('a photograph of a digit', () => {
  test('is turned to white on black for a network that learned from that', () => {
    const framing = likelyFraming([photograph()], GREY, 0)

    expect(framing).toEqual({ isInverted: true, isCropped: true })
  })

  test('is left as it is for a network that learned from dark ink', () => {
    expect(likelyFraming([photograph()], GREY, 1).isInverted).toBe(false)
  })

  test('has the ink alone, without the grain of the paper', () => {
    const [digit] = framed([photograph()], GREY, { isInverted: true, isCropped: true })
    const { values } = digit ?? { values: new Float32Array() }

    // The bar is 9 by 39: scaled to 5 by 20, full of ink, and everything else is empty.
    expect(massOf(digit ?? photograph())).toBeCloseTo(100, 0)
    expect(values.filter((value) => value > 0)).toHaveLength(100)
  })

  test('as a whole keeps its proportions inside the frame', () => {
    const [whole] = framed([photograph()], GREY, { isInverted: false, isCropped: false })

    expect([whole?.width, whole?.height]).toEqual([28, 28])
    expect(whole?.values.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})
