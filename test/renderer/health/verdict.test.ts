import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verdictOf } from '../../../renderer/health/verdict.ts'
import type { Measure } from '../../../renderer/health/verdict.ts'

const curve = (count: number, at: (step: number) => number, every = 1): Measure[] =>
  Array.from({ length: count }, (_, i) => ({ step: (i + 1) * every, value: at((i + 1) * every) }))

const falling = curve(200, (step) => 2 * Math.exp(-step / 80) + 0.1)
const flat = curve(200, (step) => (step < 50 ? 1 : 0.3))

describe('the verdict on the curves', () => {
  test('a run whose costs fall is told nothing', () => {
    expect(
      verdictOf(
        falling,
        curve(20, (step) => 2 * Math.exp(-step / 80) + 0.2, 10),
      ),
    ).toBeNull()
  })

  test('two points say nothing', () => {
    expect(
      verdictOf(
        curve(2, (step) => step * 10),
        curve(2, (step) => step * 10),
      ),
    ).toBeNull()
    expect(verdictOf([], [])).toBeNull()
  })

  test('a train cost at several times its best and rising is diverging, with its numbers', () => {
    const rising = curve(200, (step) => (step < 150 ? 0.3 : 0.3 * 1.06 ** (step - 150)))

    const verdict = verdictOf(rising, [])

    expect(verdict).toMatchObject({ word: 'Diverging', tone: 'bad' })
    expect(verdict?.reason).toContain('best 0.300')
  })

  test('a spike that healed is not diverging', () => {
    const spike = curve(200, (step) => (step > 120 && step < 140 ? 9 : 0.3))

    expect(verdictOf(spike, [])?.word).not.toBe('Diverging')
  })

  test('a cost that is high but coming down is not diverging', () => {
    const recovering = curve(200, (step) =>
      step < 100 ? 0.3 : Math.max(0.3, 5 - (step - 100) / 30),
    )

    expect(verdictOf(recovering, [])?.word).not.toBe('Diverging')
  })

  test('a dev cost that rises for three evaluations while train falls is overfitting', () => {
    const dev = curve(
      20,
      (step) => 0.3 + (step > 100 ? (step - 100) / 500 : (100 - step) / 300),
      10,
    )

    const verdict = verdictOf(falling, dev)

    expect(verdict).toMatchObject({ word: 'Overfitting', tone: 'warn' })
    expect(verdict?.reason).toContain('best 0.300 at step 100')
  })

  test('a dev cost that rises together with train is no overfitting', () => {
    const dev = curve(20, (step) => 0.3 + step / 500, 10)
    const rising = curve(200, (step) => 0.3 + step / 1000)

    expect(verdictOf(rising, dev)?.word).not.toBe('Overfitting')
  })

  test('a dev cost on its way back to its best is no overfitting', () => {
    const values = [1, 0.5, 0.3, 0.6, 0.5, 0.4]
    const dev = values.map((value, i) => ({ step: (i + 1) * 30, value }))

    expect(verdictOf(falling, dev)).toBeNull()
  })

  test('rising dev costs say nothing while the train curve is too short to tell', () => {
    const dev = curve(6, (step) => 0.3 + step / 10)

    expect(verdictOf(falling.slice(0, 6), dev)).toBeNull()
  })

  test('one bad evaluation is noise', () => {
    const dev = curve(20, (step) => (step === 200 ? 0.9 : 1 - step / 400), 10)

    expect(verdictOf(falling, dev)).toBeNull()
  })

  test('a dev cost that stands still while train does too is a plateau', () => {
    const dev = curve(20, (step) => (step < 60 ? 1 : 0.4), 10)

    expect(verdictOf(flat, dev)).toMatchObject({ word: 'Plateau', tone: 'warn' })
    expect(verdictOf(falling, dev)?.word).not.toBe('Plateau')
  })

  test('a measure that is no number is passed over', () => {
    const holed = falling.map((point, i) => (i === 100 ? { ...point, value: NaN } : point))

    expect(verdictOf(holed, [])).toBeNull()
  })
})

describe('the norms of the last gradients', () => {
  /** Published: the norm over six steps, of which the cost moved only at the last. */
  const PUBLISHED = [0.24, 0.95, 2.4, 16, 145, 960]
  const steady = (count: number) =>
    Array.from({ length: count }, (_, i) => 0.24 * (1 + 0.2 * Math.sin(i * 12.9898)))
  const calm = curve(200, (step) => 2 * Math.exp(-step / 80) + 0.1)

  test('the published run is called unsteady after its second outlier, diverging after its third', () => {
    const words = PUBLISHED.map(
      (_, i) => verdictOf(calm, [], [...steady(200), ...PUBLISHED.slice(0, i + 1)])?.word,
    )

    expect(words).toEqual([undefined, undefined, 'Unsteady', 'Diverging', 'Diverging', 'Diverging'])
  })

  test('the reason tells the norm and what is usual', () => {
    const verdict = verdictOf(calm, [], [...steady(200), ...PUBLISHED])
    const early = verdictOf(calm, [], [...steady(200), ...PUBLISHED.slice(0, 3)])

    expect(verdict?.reason).toBe('gradient norm 960 and rising, usually 0.24')
    expect(early?.reason).toBe('gradient norm up to 2.4 in 2 of the last 128 steps, usually 0.24')
  })

  test('one spike that healed, and a few steps, say nothing', () => {
    expect(verdictOf(calm, [], [...steady(150), 9, ...steady(100)])).toBeNull()
    expect(verdictOf(calm, [], [...steady(40), ...PUBLISHED])).toBeNull()
  })

  test('outliers that healed are told for as long as they are near', () => {
    const spiked = [...steady(150), 9, 7, 5, ...steady(60)]

    expect(verdictOf(calm, [], spiked)).toMatchObject({ word: 'Unsteady', tone: 'warn' })
    expect(verdictOf(calm, [], [...spiked, ...steady(128)])).toBeNull()
  })

  test('norms that scatter, fall or grow slowly are no runaways', () => {
    const norm = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(norm, { minLength: 256, maxLength: 256 }),
        fc.double({ min: -0.005, max: 0.005, noNaN: true }),
        (scatter, drift) => {
          const norms = scatter.map((one, i) => 0.3 * Math.exp(0.5 * one + drift * i))

          expect(verdictOf(calm, [], norms)?.word).not.toBe('Diverging')
        },
      ),
    )
  })

  test('what cannot be counted is left out', () => {
    expect(verdictOf(calm, [], [...steady(100), Number.NaN, 0, Infinity])).toBeNull()
  })
})
