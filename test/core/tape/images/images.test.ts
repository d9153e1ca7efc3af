import { describe, expect, test } from 'vitest'
import { lowerTape } from '../../../../core/onnx/lower.ts'
import { runLowered } from '../../onnx/run-lowered.ts'
import { findBlock } from '../../../../core/engine/blocks.ts'
import { uniform } from '../../../../core/random/index.ts'
import {
  averagePool,
  batchNorm,
  channelMean,
  channelVariance,
  conv,
  maxPool,
  mul,
  reshape,
  scale,
  sum,
  sumSquares,
} from '../../../../core/tape/functions.ts'
import { sizeOf } from '../../../../core/tape/shapes.ts'
import { GradientTape } from '../../../../core/tape/tape.ts'
import type { ConvAttributes, Shape, Value } from '../../../../core/tape/value.ts'
import { interpret } from '../interpreter.ts'
import { IMAGE_CASES } from './cases.ts'

const STEP = 1e-5

interface Experiment {
  readonly variables: readonly Value[]
  readonly cost: Value
  /** The gradients, and with them whatever else is to be compared. */
  readonly outputs: readonly Value[]
  readonly gradients: readonly Value[]
  readonly feeds: Map<string, Float64Array>
}

/** Random numbers around `centre`, rounded to float32: both arithmetics start from the same. */
const draw = (shape: Shape, stream: number, centre = 0, spread = 2): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.fround(centre + spread * (2 * uniform(11, stream, i) - 1)),
  )

/** z of random operands, the cost Σ probe · z and its gradients. */
function experiment(
  shapes: readonly Shape[],
  write: (...variables: readonly Value[]) => Value,
  { centre = 0 }: { centre?: number } = {},
): Experiment {
  const tape = new GradientTape()
  const feeds = new Map<string, Float64Array>()
  const feed = (name: string, values: Float64Array, shape: Shape): Value => {
    feeds.set(name, values)
    return tape.input(name, shape)
  }
  const variables = shapes.map((shape, position) =>
    feed(`v${position}`, draw(shape, position, position === 0 ? centre : 0), shape),
  )
  const z = write(...variables)
  const weighted = mul(z, feed('probe', draw(z.shape, 99, 1, 0.5), z.shape))
  const cost = z.shape.length === 0 ? weighted : total(weighted)
  const gradients = tape.gradient(cost, variables)
  return { variables, cost, outputs: [z, ...gradients], gradients, feeds }
}

const total = (x: Value): Value => reshape(sum(x, [...x.shape.keys()]), [])

/** ‖∇‖² of Σ z⁴, whose own gradient needs second derivatives. */
function curvature(z: Value, variables: readonly Value[]): Value {
  const gradients = z.tape.gradient(sumSquares(mul(z, z)), variables)
  return scale(
    gradients.map(sumSquares).reduce((a, b) => a.tape.record('add', [a, b], {})),
    1e-4,
  )
}

/** The largest difference between the gradients and central differences, relative to the gradient. */
function gradientGap({ variables, cost, gradients, feeds }: Experiment): number {
  const costAt = () => interpret([cost], feeds)[0]?.[0] ?? NaN
  const claimed = interpret(gradients, feeds)
  const gaps = variables.flatMap((variable, position) => {
    const x = feeds.get(variable.kind === 'input' ? variable.name : '') ?? new Float64Array()
    const gradient = claimed[position] ?? new Float64Array()
    const size = Math.max(1, ...gradient.map(Math.abs))
    // A dozen places of each operand, spread over it.
    const every = Math.max(1, Math.floor(x.length / 12))
    return Array.from({ length: Math.ceil(x.length / every) }, (_, i) => {
      const place = i * every
      const original = x[place] ?? NaN
      x[place] = original + STEP
      const above = costAt()
      x[place] = original - STEP
      const below = costAt()
      x[place] = original
      return Math.abs((above - below) / (2 * STEP) - (gradient[place] ?? NaN)) / size
    })
  })
  return Math.max(...gaps)
}

/** The largest difference between ONNX Runtime and the meaning, relative to each tensor's largest number. */
async function loweringGap(
  { outputs, feeds }: Experiment,
  options: Parameters<typeof runLowered>[2] = {},
): Promise<number> {
  const lowered = await runLowered(outputs, feeds, options)
  const gaps = interpret(outputs, feeds).map((meant, index) => {
    const size = Math.max(1, ...meant.map(Math.abs))
    return Math.max(
      ...meant.map((value, place) => Math.abs((lowered[index]?.[place] ?? NaN) - value) / size),
    )
  })
  return Math.max(...gaps)
}

const FLOAT32 = 2e-6

type Titled = readonly [title: string, build: () => Experiment]

const TWICE: readonly Titled[] = [
  ...IMAGE_CASES.conv
    .filter((_, index) => [1, 4, 14].includes(index))
    .map(({ operands, attributes }): Titled => [
      `conv ${JSON.stringify(operands)} ${JSON.stringify(attributes)}`,
      () =>
        experiment(operands as readonly Shape[], (...[x, kernel]) => {
          const variables = [x as Value, kernel as Value]
          return curvature(
            scale(conv(...(variables as [Value, Value]), attributes), 0.3),
            variables,
          )
        }),
    ]),
  ...IMAGE_CASES.maxPool.flatMap(({ attributes }): readonly Titled[] => [
    [
      `maxPool ${JSON.stringify(attributes)}`,
      () =>
        experiment([[2, 3, 5, 7]], (x) => curvature(maxPool(x as Value, attributes), [x as Value])),
    ],
    [
      `averagePool ${JSON.stringify(attributes)}`,
      () =>
        experiment([[2, 3, 5, 7]], (x) =>
          curvature(averagePool(x as Value, attributes), [x as Value]),
        ),
    ],
  ]),
  ...[
    [5, 3],
    [4, 3, 2, 5],
  ].map((shape): Titled => [
    `batchNorm [${shape}]`,
    () =>
      experiment([shape, [3], [3]], (...[x, gamma, beta]) => {
        const variables = [x, gamma, beta] as [Value, Value, Value]
        return curvature(batchNorm(...variables, 0.1), variables)
      }),
  ]),
]

describe('gradients of images and channels', () => {
  test.each(TWICE)('second derivatives of %s agree with central differences', (_, build) => {
    expect(gradientGap(build())).toBeLessThan(1e-6)
  })
})

describe('lowering of images and channels', () => {
  test.each(TWICE)('second derivatives of %s mean the same in ONNX Runtime', async (_, build) => {
    const one = build()

    expect(await loweringGap(one)).toBeLessThan(FLOAT32)
    expect(await loweringGap(one, { threads: 2 })).toBeLessThan(FLOAT32)
  })
})

const SQUARE = { top: 1, left: 1, bottom: 1, right: 1 }
const NOTHING = { top: 0, left: 0, bottom: 0, right: 0 }

/** Fewer channels than a block and whole blocks, filters that fill their last block and that do not. */
const BLOCKED: readonly [images: Shape, kernels: Shape, attributes: ConvAttributes][] = [
  [[2, 1, 6, 5], [8, 1, 5, 5], { stride: [1, 1], padding: NOTHING, groups: 1 }],
  [[2, 3, 5, 6], [24, 3, 3, 3], { stride: [2, 2], padding: SQUARE, groups: 1 }],
  [[2, 16, 4, 5], [16, 16, 3, 3], { stride: [1, 1], padding: SQUARE, groups: 1 }],
  [[2, 16, 4, 5], [10, 16, 3, 3], { stride: [1, 1], padding: SQUARE, groups: 1 }],
  [[1, 32, 4, 5], [16, 32, 1, 1], { stride: [2, 2], padding: NOTHING, groups: 1 }],
  [[2, 16, 4, 5], [16, 1, 3, 3], { stride: [1, 1], padding: SQUARE, groups: 16 }],
]

describe('convolutions over blocks of channels', () => {
  test.each(BLOCKED)(
    '%j by %j means the same as without blocks',
    async (images, kernels, attributes) => {
      const one = experiment([images, kernels, kernels.slice(0, 1)], (...[x, kernel, bias]) =>
        conv(x as Value, kernel as Value, attributes, bias as Value),
      )

      // Machines without blocks lower to standard operators, as the tests above.
      const block = await findBlock({})

      expect(await loweringGap(one, { block })).toBeLessThan(FLOAT32)
      expect(await loweringGap(one, { block, threads: 2 })).toBeLessThan(FLOAT32)
    },
  )

  test('are used only where the lowering is told of blocks', () => {
    const tape = new GradientTape()
    const z = conv(tape.input('x', [1, 16, 4, 4]), tape.input('k', [16, 16, 3, 3]), {
      stride: [1, 1],
      padding: SQUARE,
      groups: 1,
    })
    const typesWith = (block?: number) =>
      lowerTape(tape, new Map([['z', z]]), { block }).nodes.map(({ type }) => type)

    expect(typesWith()).toEqual(['Conv'])
    expect(typesWith(16)).toContain('com.microsoft.nchwc.Conv')
  })
})

/** dx of Σ z, for a blank image. */
async function gradientOfBlank(attributes: Parameters<typeof maxPool>[1]) {
  const tape = new GradientTape()
  const x = tape.input('x', [1, 1, 4, 5])
  const gradients = tape.gradient(total(maxPool(x, attributes)), [x])
  const feeds = new Map([['x', new Float64Array(20)]])
  const [lowered] = await runLowered(gradients, feeds)
  return { meant: interpret(gradients, feeds)[0], lowered }
}

describe('max pooling of equal numbers', () => {
  test('windows side by side share the gradient, and the rest gets none', async () => {
    const { meant, lowered } = await gradientOfBlank({ size: [2, 2], stride: [2, 2] })

    const row = [0.25, 0.25, 0.25, 0.25, 0]
    expect([...(meant ?? [])]).toEqual([...row, ...row, ...row, ...row])
    expect([...(lowered ?? [])]).toEqual([...row, ...row, ...row, ...row])
  })

  test('in overlapping windows the first maximum takes it all', async () => {
    const { meant, lowered } = await gradientOfBlank({ size: [2, 2], stride: [2, 1] })

    const rows = [[1, 1, 1, 1, 0], Array(5).fill(0), [1, 1, 1, 1, 0], Array(5).fill(0)].flat()
    expect([...(meant ?? [])]).toEqual(rows)
    expect([...(lowered ?? [])]).toEqual(rows)
  })
})

describe('batch norm', () => {
  // A float32 near 1000 is known to 3e-5, and the deviation is about 1.
  const LOST = 1e-4

  test.each([
    ['rows', [64, 3]],
    ['images', [8, 3, 4, 5]],
  ] as const)('of %s far from 0 loses no more than float32 must', async (_, shape) => {
    const one = experiment(
      [shape, [3], [3]],
      (...[x, gamma, beta]) => batchNorm(x as Value, gamma as Value, beta as Value, 1e-5),
      { centre: 1000 },
    )

    expect(await loweringGap(one)).toBeLessThan(LOST)
  })

  test.each([[[64, 3]], [[8, 3, 4, 5]]])(
    'the variance of %j far from 0 keeps its digits',
    async (shape) => {
      const one = experiment([shape], (x) => channelVariance(x as Value), { centre: 1000 })

      expect(await loweringGap(one)).toBeLessThan(1e-5)
    },
  )

  test('gives each channel mean β and deviation γ', () => {
    const { outputs, feeds } = experiment([[16, 3, 4, 5], [3], [3]], (...[x, gamma, beta]) =>
      batchNorm(x as Value, gamma as Value, beta as Value, 0),
    )
    const [z] = outputs as [Value]

    const [mean, variance] = interpret([channelMean(z), channelVariance(z)], feeds)

    feeds.get('v2')?.forEach((beta, channel) => {
      expect(mean?.[channel]).toBeCloseTo(beta, 10)
    })
    feeds.get('v1')?.forEach((gamma, channel) => {
      expect(variance?.[channel]).toBeCloseTo(gamma * gamma, 10)
    })
  })

  test('forward, statistics and the way back pass each image once where once will do', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [4, 3, 5, 5])
    const [gamma, beta] = [tape.input('gamma', [3]), tape.input('beta', [3])]
    const z = batchNorm(x, gamma, beta, 1e-5)
    const gradients = tape.gradient(sumSquares(z), [x, gamma, beta])
    const outputs = [z, channelMean(x), channelVariance(x), ...gradients]

    const { nodes } = lowerTape(tape, new Map(outputs.map((value, i) => [`out${i}`, value])))

    const passes = nodes.filter(({ type }) => type === 'BatchNormalization')
    // x − x̄ once for all, z, and two terms of dx.
    expect(passes).toHaveLength(4)
  })
})
