import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LOSS_TABLE, dataCost, penalty } from '../../../core/nn/losses.ts'
import type { LossSpec } from '../../../core/nn/losses.ts'
import { LOSSES } from '../../../core/protocol/config.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { Value } from '../../../core/tape/value.ts'
import { runLowered } from '../onnx/run-lowered.ts'
import { gapOf } from '../tape/central-differences.ts'
import { draw, gap, lossOf, numbersOf } from './networks.ts'

interface Given {
  readonly rows: number
  readonly columns: number
  readonly z: ArrayLike<number>
  readonly target: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

interface RecordedLoss {
  readonly cost: Value
  readonly slope: Value
  readonly z: Value & { readonly kind: 'input' }
  readonly feeds: Map<string, Float64Array>
}

function record(loss: LossSpec, { rows, columns, z, target, weights }: Given): RecordedLoss {
  const tape = new GradientTape()
  const outputs = tape.input('z', [rows, columns])
  const isIds = LOSS_TABLE[loss.name].target === 'class-ids'
  const t = tape.input('t', [rows, isIds ? 1 : columns], isIds ? 'int' : 'float')
  const w = weights === undefined ? null : tape.input('w', [rows, 1])
  const cost = dataCost(loss, outputs, t, w)
  const [slope] = tape.gradient(cost, [outputs])
  if (slope === undefined) throw new Error('no gradient')
  const feeds = new Map([
    ['z', Float64Array.from(z)],
    ['t', Float64Array.from(target)],
    ...(weights === undefined ? [] : [['w', Float64Array.from(weights)] as const]),
  ])
  return { cost, slope, z: outputs, feeds }
}

const costOf = (loss: LossSpec, given: Given): number => {
  const { cost, feeds } = record(loss, given)
  return numbersOf(cost, feeds)[0] ?? NaN
}

const slopesOf = (loss: LossSpec, given: Given): number[] => {
  const { slope, feeds } = record(loss, given)
  return [...numbersOf(slope, feeds)]
}

const SPARSE = lossOf('sparse_categorical_cross_entropy')
const ONE_HOT = lossOf('categorical_cross_entropy')
const BINARY = lossOf('binary_cross_entropy')

const hot = (labels: readonly number[], classes: number): number[] =>
  labels.flatMap((label) => Array.from({ length: classes }, (_, k) => Number(k === label)))

describe('cross-entropies', () => {
  test('the loss of the prediction (0.3, 0.2, 0.1, 0.4) on class 1 is 1.609', () => {
    const z = [0.3, 0.2, 0.1, 0.4].map(Math.log)

    const cost = costOf(SPARSE, { rows: 1, columns: 4, z, target: [1] })

    expect(cost).toBeCloseTo(-Math.log(0.2), 12)
    expect(cost.toFixed(3)).toBe('1.609')
  })

  const batches = fc
    .record({
      labels: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
      stream: fc.nat(1000),
      labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
      classWeights: fc.constantFrom(null, [1, 1, 1, 1], [0.5, 2, 1, 3]),
    })
    .map(({ labels, stream, labelSmoothing, classWeights }) => ({
      labels,
      settings: { labelSmoothing, classWeights },
      given: {
        rows: labels.length,
        columns: 4,
        z: draw(4 * labels.length, stream).map((u) => 5 * u),
        ...(classWeights === null ? {} : { weights: labels.map((k) => classWeights[k] ?? NaN) }),
      },
    }))

  test('of ids and of one-hot rows are the same number, with the same gradient', () => {
    fc.assert(
      fc.property(batches, ({ labels, settings, given }) => {
        const sparse = { ...given, target: labels }
        const oneHot = { ...given, target: hot(labels, 4) }

        const ofIds = costOf({ ...SPARSE, ...settings }, sparse)
        expect(costOf({ ...ONE_HOT, ...settings }, oneHot)).toBeCloseTo(ofIds, 12)
        const slopes = slopesOf({ ...SPARSE, ...settings }, sparse)
        expect(gap(slopesOf({ ...ONE_HOT, ...settings }, oneHot), slopes)).toBeLessThan(1e-12)
      }),
    )
  })

  test('class weights make a weighted mean', () => {
    const z = [1, 0, 0, 2, 1, 1]
    const one = costOf(SPARSE, { rows: 1, columns: 3, z: z.slice(0, 3), target: [0] })
    const other = costOf(SPARSE, { rows: 1, columns: 3, z: z.slice(3), target: [2] })

    const given = { rows: 2, columns: 3, z, target: [0, 2], weights: [1, 3] }
    const cost = costOf({ ...SPARSE, classWeights: [1, 9, 3] }, given)

    expect(cost).toBeCloseTo((one + 3 * other) / 4, 12)
  })

  test('smoothing spreads its share over all classes', () => {
    const z = [3, 1, 0]
    const given = { rows: 1, columns: 3, z }
    const even = [0, 1, 2].map((k) => costOf(SPARSE, { ...given, target: [k] }))
    const target = [0]

    const cost = costOf({ ...SPARSE, labelSmoothing: 0.3 }, { ...given, target })

    expect(cost).toBeCloseTo(0.7 * even[0]! + 0.1 * (even[0]! + even[1]! + even[2]!), 12)
  })

  test('what smoothing spreads is weighed by class, too', () => {
    const z = [3, 1, 0]
    const given = { rows: 1, columns: 3, z }
    const even = [0, 1, 2].map((k) => costOf(SPARSE, { ...given, target: [k] }))
    const weighted = { ...SPARSE, labelSmoothing: 0.3, classWeights: [2, 4, 8] }

    const cost = costOf(weighted, { ...given, target: [1], weights: [4] })

    const spread = (2 * even[0]! + 4 * even[1]! + 8 * even[2]!) / 4
    expect(cost).toBeCloseTo(0.7 * even[1]! + 0.1 * spread, 12)
  })

  test('two logits, 0 and z, and one logit z are the same question', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.constantFrom(0, 1),
        fc.constantFrom(0, 0.2),
        (z, label, labelSmoothing) => {
          const binary = { rows: 1, columns: 1, z: [z], target: [label] }
          const two = { rows: 1, columns: 2, z: [0, z], target: [label] }

          expect(costOf({ ...BINARY, labelSmoothing }, binary)).toBeCloseTo(
            costOf({ ...SPARSE, labelSmoothing }, two),
            9,
          )
        },
      ),
    )
  })

  test.each([
    ['sparse', SPARSE, { rows: 1, columns: 2, z: [1e4, -1e4], target: [1] }, 2e4],
    ['one-hot', ONE_HOT, { rows: 1, columns: 2, z: [1e4, -1e4], target: [0, 1] }, 2e4],
    ['binary', BINARY, { rows: 1, columns: 1, z: [-1e4], target: [1] }, 1e4],
  ] as const)('%s: huge logits cost what they should', (_, loss, given, cost) => {
    expect(costOf(loss, given)).toBe(cost)
    expect(slopesOf(loss, given).every(Number.isFinite)).toBe(true)
  })

  test('of a sequence are the mean over all places', () => {
    const tape = new GradientTape()
    const outputs = tape.input('z', [2, 3, 4])
    const cost = dataCost(SPARSE, outputs, tape.input('t', [6, 1], 'int'), null)
    const z = draw(24, 1)
    const target = [0, 1, 2, 3, 0, 1]

    const [ofAll] = numbersOf(
      cost,
      new Map([
        ['z', z],
        ['t', Float64Array.from(target)],
      ]),
    )

    expect(ofAll).toBeCloseTo(costOf(SPARSE, { rows: 6, columns: 4, z, target }), 12)
  })
})

describe('losses of numbers', () => {
  const error = (e: number): Given => ({ rows: 2, columns: 1, z: [e, 0], target: [0, 0] })

  test.each([
    ['mean_squared_error', 3, 9 / 2, 3],
    ['mean_absolute_error', 3, 3 / 2, 1 / 2],
    ['mean_absolute_error', -3, 3 / 2, -1 / 2],
    ['mean_absolute_error', 0, 0, 0],
    ['huber', 1, 1 / 4, 1 / 2],
    ['huber', 3, (2 * (3 - 1)) / 2, 1],
    ['huber', -3, (2 * (3 - 1)) / 2, -1],
    ['huber', 0, 0, 0],
  ] as const)('%s of %d beside 0 is %d, with slope %d', (name, e, cost, slope) => {
    const loss = lossOf(name, { huberDelta: 2 })

    expect(costOf(loss, error(e))).toBeCloseTo(cost, 12)
    expect(slopesOf(loss, error(e))[0]).toBeCloseTo(slope, 12)
  })

  test('huber is smooth where square becomes straight', () => {
    const loss = lossOf('huber', { huberDelta: 2 })

    expect(slopesOf(loss, error(2 - 1e-9))[0]).toBeCloseTo(
      slopesOf(loss, error(2 + 1e-9))[0] ?? NaN,
      8,
    )
  })

  test('outputs count alike with examples', () => {
    const given = { rows: 2, columns: 2, z: [1, 2, 3, 4], target: [0, 0, 0, 0] }

    expect(costOf(lossOf('mean_squared_error'), given)).toBe((1 + 4 + 9 + 16) / 4)
    expect(costOf(lossOf('mean_absolute_error'), given)).toBe((1 + 2 + 3 + 4) / 4)
  })
})

describe('gradients of the cost agree with central differences', () => {
  const ROWS = 4
  const settings = [{}, { labelSmoothing: 0.1 }, { classWeights: [1, 2, 3] }] as const
  const cases = LOSSES.flatMap((name) =>
    (LOSS_TABLE[name].includes === null ? [{ huberDelta: 0.4 }] : settings).map(
      (more) => [name, more] as const,
    ),
  )

  test.each(cases)('%s %j', (name, more) => {
    const loss = lossOf(name, more)
    const { target: kind } = LOSS_TABLE[name]
    const columns = kind === 'binary' ? 1 : 3
    const target = {
      'class-ids': [0, 1, 2, 1],
      'class-shares': hot([0, 1, 2, 1], 3),
      binary: [0, 1, 1, 0],
      numbers: draw(ROWS * columns, 2),
    }[kind]
    const weights = loss.classWeights === null ? {} : { weights: [1, 2, 3, 2] }

    const { cost, slope, z, feeds } = record(loss, {
      rows: ROWS,
      columns,
      z: draw(ROWS * columns, 1),
      target,
      ...weights,
    })

    const gradients = [slope]
    expect(gapOf({ z: cost, cost, variables: [z], gradients, feeds })).toBeLessThan(1e-8)
  })
})

test.each([1e5, 3e7, 1e9])(
  'in float32 too, a Huber loss grows with an error of %d',
  async (error) => {
    const huber = lossOf('huber', { huberDelta: 0.3 })
    const { cost, slope, feeds } = record(huber, { rows: 1, columns: 1, z: [error], target: [0] })

    const [lowered, way] = await runLowered([cost, slope], feeds)

    expect((lowered?.[0] ?? NaN) / (0.3 * (error - 0.15))).toBeCloseTo(1, 5)
    expect(way?.[0]).toBeCloseTo(0.3, 5)
  },
)

test('the penalty is λ/2 · ‖W‖²', () => {
  const tape = new GradientTape()
  const cost = penalty(tape.input('l2', []), tape.input('squares', []))

  const feeds = new Map([
    ['l2', Float64Array.of(0.1)],
    ['squares', Float64Array.of(30)],
  ])

  expect(numbersOf(cost, feeds)[0]).toBeCloseTo(1.5, 12)
})
