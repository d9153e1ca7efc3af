import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  HYPERPARAMETER_NAMES,
  describeHyperparameter,
  faultOf,
} from '../../../core/protocol/hyperparameters.ts'
import {
  factorsOf,
  marksOf,
  scaled,
  positionOf,
  valueAt,
} from '../../../renderer/knobs/slider-scale.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })

const SPREAD = {
  linear: (low: number, high: number, at: number) => low + (high - low) * at,
  logarithmic: (low: number, high: number, at: number) => low * (high / low) ** at,
  'one-minus': (low: number, high: number, at: number) =>
    1 - (1 - low) * ((1 - high) / (1 - low)) ** at,
}

describe.each(HYPERPARAMETER_NAMES)('the slider of %s', (name) => {
  const { slider, integer, scale } = describeHyperparameter(name)
  const [low, high] = slider

  test('keeps every value of its range, to three digits, there and back', () => {
    fc.assert(
      fc.property(share, (at) => {
        // Spread over the range as the slider itself spreads it, but not rounded by it.
        const value = SPREAD[scale](low, high, at)
        const back = valueAt(name, positionOf(name, value))
        if (integer) expect(Math.abs(back - value)).toBeLessThanOrEqual(0.5 + 1e-9)
        else if (scale === 'one-minus') {
          expect(Math.abs(back - value)).toBeLessThanOrEqual(0.051 * (1 - value) + 1e-12)
        } else if (scale === 'linear') expect(back).toBeCloseTo(value, 9)
        else expect(Math.abs(back / value - 1)).toBeLessThanOrEqual(0.0051)
      }),
    )
  })

  test('gives only values that the run would accept, growing to the right', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [left, right] = [valueAt(name, Math.min(a, b)), valueAt(name, Math.max(a, b))]
        expect(faultOf(name, left)).toBeNull()
        expect(left).toBeLessThanOrEqual(right)
      }),
    )
  })

  test('writes its marks in order, inside the track', () => {
    const positions = marksOf(name).map(({ position }) => position)

    expect(positions.length).toBeGreaterThan(2)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect(Math.min(...positions)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...positions)).toBeLessThanOrEqual(1)
  })
})

test('zero is the leftmost stop of λ, and ε, which may not be zero, has no such stop', () => {
  expect(valueAt('l2', 0)).toBe(0)
  expect(positionOf('l2', 0)).toBe(0)
  expect(positionOf('l2', 1e-7)).toBeGreaterThan(0)
  expect(valueAt('epsilon', 0)).toBe(1e-10)
})

test('β moves on 1−β: 0.9, 0.99 and 0.999 lie equally far apart', () => {
  const [a, b, c] = [0.9, 0.99, 0.999].map((beta) => positionOf('momentum', beta))

  expect((b ?? 0) - (a ?? 0)).toBeCloseTo((c ?? 0) - (b ?? 0), 10)
})

test('halving and doubling come back to the very same number, and batches stay whole', () => {
  expect(scaled('learning_rate', scaled('learning_rate', 0.003, 0.5), 2)).toBe(0.003)
  expect(scaled('batch_size', 5, 0.5)).toBe(3)
  expect(scaled('batch_size', 1, 0.5)).toBe(1)
})

test('a β is moved by its memory: twice as long is half as far from 1', () => {
  expect(factorsOf('beta1').map(({ label }) => label)).toEqual(['memory ÷2', 'memory ×2'])
  expect(scaled('momentum', 0.9, 2)).toBe(0.95)
  expect(scaled('momentum', 0.95, 0.5)).toBe(0.9)
  expect(scaled('momentum', 0.2, 0.5)).toBe(0)
})

test('a step up always moves: from zero to the slider’s end, a small batch by one', () => {
  expect(scaled('l2', 0, 1.2)).toBe(1e-7)
  expect(scaled('l2', 0, 1 / 1.2)).toBe(0)
  expect(scaled('batch_size', 1, 1.2)).toBe(2)
  expect(scaled('batch_size', 2, 1 / 1.2)).toBe(1)
})

test('whatever is scaled stays a value that the run would take', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...HYPERPARAMETER_NAMES),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0.5, 1 / 1.2, 1.2, 2),
      (name, position, by) => faultOf(name, scaled(name, valueAt(name, position), by)) === null,
    ),
  )
})
