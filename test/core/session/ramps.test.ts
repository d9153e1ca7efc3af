import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  HYPERPARAMETER_NAMES,
  describeHyperparameter,
  faultOf,
} from '../../../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../../../core/protocol/hyperparameters.ts'
import type { JournalEntry } from '../../../core/protocol/run.ts'
import {
  NO_RAMPS,
  knobsAt,
  listRamps,
  rampValue,
  rampsAfter,
  settingsAfter,
} from '../../../core/session/ramps.ts'
import { decodeState, encodeState } from '../../../core/session/training-state.ts'

const valueOf = (name: HyperparameterName) => {
  const { slider, integer, max } = describeHyperparameter(name)
  const [low, high] = slider
  const number = fc.double({ min: low, max: Math.min(high, max), noNaN: true })
  return integer ? fc.integer({ min: Math.ceil(low), max: Math.floor(high) }) : number
}

const someRamp = fc.constantFrom(...HYPERPARAMETER_NAMES).chain((name) =>
  fc.record({
    name: fc.constant(name),
    ramp: fc.record({
      from: valueOf(name),
      to: valueOf(name),
      firstStep: fc.integer({ min: 1, max: 1_000 }),
      steps: fc.integer({ min: 1, max: 200 }),
    }),
  }),
)

const stepsOf = ({ firstStep, steps }: { firstStep: number; steps: number }) =>
  Array.from({ length: steps }, (_, at) => firstStep + at)

const nudgeOf = (
  changes: readonly { name: HyperparameterName; from: number; to: number }[],
  firstStep: number,
  steps?: number,
): JournalEntry => ({
  id: 1,
  at: 0,
  branch: 'b1',
  step: firstStep - 1,
  kind: 'nudge',
  changes,
  checkpoint: 'c1',
  firstStep,
  ...(steps !== undefined && { ramp: { steps } }),
})

describe('a ramp', () => {
  test('is at its target, to the last bit, in its last step and ever after', () => {
    fc.assert(
      fc.property(someRamp, fc.nat(1_000), ({ name, ramp }, later) => {
        expect(rampValue(name, ramp, ramp.firstStep + ramp.steps - 1 + later)).toBe(ramp.to)
        expect(rampValue(name, ramp, ramp.firstStep - 1 - later)).toBe(ramp.from)
      }),
    )
  })

  test('goes one way only, and through values that the knob may have', () => {
    fc.assert(
      fc.property(someRamp, ({ name, ramp }) => {
        const values = stepsOf(ramp).map((step) => rampValue(name, ramp, step))

        const way = Math.sign(ramp.to - ramp.from)
        const legal = (value: number) =>
          [ramp.from, ramp.to].includes(value) || !faultOf(name, value)
        expect(values.every(legal)).toBe(true)
        for (let at = 1; at < values.length; at++) {
          expect((values[at]! - values[at - 1]!) * way).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  test.each([
    ['learning_rate', 0.001, 0.1, [Math.sqrt(10) / 1000, 0.01, Math.sqrt(10) / 100, 0.1]],
    [
      'beta1',
      0.9,
      0.9999,
      [1 - 0.1 * 10 ** -0.75, 1 - 0.1 * 10 ** -1.5, 1 - 0.1 * 10 ** -2.25, 0.9999],
    ],
    ['dropout', 0.1, 0.5, [0.2, 0.3, 0.4, 0.5]],
    ['l2', 0, 0.4, [0.1, 0.2, 0.3, 0.4]], // no logarithm leads away from 0
    ['decay_factor', 1, 0.6, [0.9, 0.8, 0.7, 0.6]],
    ['batch_size', 16, 256, [32, 64, 128, 256]],
    ['batch_size', 10, 20, [12, 14, 17, 20]],
  ] as const)('of %s from %d to %d is even on its own scale', (name, from, to, expected) => {
    const ramp = { from, to, firstStep: 5, steps: 4 }

    const values = stepsOf(ramp).map((step) => rampValue(name, ramp, step))

    values.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 12))
  })
})

describe('settings', () => {
  const KNOBS = { learning_rate: 0.01, l2: 0, batch_size: 16 }

  test('keep the target as what was asked for, and move in force', () => {
    const nudge = nudgeOf([{ name: 'learning_rate', from: 0.01, to: 1 }], 11, 2)

    const settings = settingsAfter({ knobs: KNOBS, ramps: NO_RAMPS }, nudge)

    expect(settings.knobs.learning_rate).toBe(1)
    expect([10, 11, 12, 13].map((step) => knobsAt(settings, step).learning_rate)).toEqual([
      0.01,
      expect.closeTo(0.1, 12),
      1,
      1,
    ])
  })

  test('a new nudge of a knob replaces its ramp and leaves the others', () => {
    const both = [
      { name: 'learning_rate', from: 0.01, to: 1 },
      { name: 'l2', from: 0, to: 0.5 },
    ] as const
    const ramping = settingsAfter({ knobs: KNOBS, ramps: NO_RAMPS }, nudgeOf(both, 11, 10))

    const now = settingsAfter(ramping, nudgeOf([{ name: 'l2', from: 0.1, to: 0.1 }], 13))

    expect(now.knobs).toEqual({ ...KNOBS, learning_rate: 1, l2: 0.1 })
    expect(listRamps(now.ramps).map(({ name }) => name)).toEqual(['learning_rate'])
  })

  test('a ramp is no part of them once its last step comes next', () => {
    const ramps = { l2: { from: 0, to: 1, firstStep: 11, steps: 5 } }

    expect(rampsAfter(ramps, 13)).toEqual(ramps)
    expect(rampsAfter(ramps, 14)).toBe(NO_RAMPS) // the next step, 15, has the target anyway
  })

  test('without a ramp come out as the very object that went in', () => {
    expect(knobsAt({ knobs: KNOBS, ramps: NO_RAMPS }, 7)).toBe(KNOBS)
  })
})

describe('a saved state', () => {
  const engine = { scalars: { t: 3 }, buffers: [] }
  const plain = { position: { step: 12, samplesSeen: 192 }, knobs: { l2: 0.5 }, engine }

  test('without a ramp has no word of ramps in it', () => {
    const { meta } = encodeState({ ...plain, ramps: NO_RAMPS })

    expect(JSON.stringify(meta)).toBe(
      '{"version":1,"step":12,"samplesSeen":192,"knobs":{"l2":0.5},"scalars":{"t":3},"tensors":[]}',
    )
    expect(decodeState(meta, new Uint8Array()).ramps).toBe(NO_RAMPS)
  })

  test('with ramps says the same in the same order, whichever came first', () => {
    const l2 = { from: 0, to: 0.5, firstStep: 11, steps: 5 }
    const beta1 = { from: 0.9, to: 0.99, firstStep: 3, steps: 50 }

    const one = encodeState({ ...plain, ramps: { l2, beta1 } })
    const other = encodeState({ ...plain, ramps: { beta1, l2 } })
    const back = decodeState(JSON.parse(JSON.stringify(one.meta)), one.payload)

    expect(JSON.stringify(one.meta)).toBe(JSON.stringify(other.meta))
    expect(back.ramps).toEqual({ l2, beta1 })
    expect(encodeState(back).meta).toEqual(one.meta)
  })
})
