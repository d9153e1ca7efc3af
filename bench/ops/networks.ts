import {
  add,
  averagePool,
  batchNorm,
  conv,
  logSoftmax,
  matmul,
  maxPool,
  mul,
  relu,
  reshape,
  scale,
  sum,
} from '../../core/tape/functions.ts'
import { sizeOf } from '../../core/tape/shapes.ts'
import { GradientTape } from '../../core/tape/tape.ts'
import type { Shape, Value } from '../../core/tape/value.ts'

/** A network's forward and backward pass on a tape, as networks.py has them for PyTorch. */
export interface Network {
  readonly cost: Value
  readonly gradients: readonly Value[]
}

const EPSILON = 1e-5
const CLASSES = 10

/** Writes layers, each with parameters of its own. */
function layersOf(tape: GradientTape) {
  const parameters: Value[] = []
  const parameter = (...shape: readonly number[]): Value => {
    const value = tape.input(`parameter${parameters.length}`, shape)
    parameters.push(value)
    return value
  }
  const channels = (x: Value): number => x.shape[1] ?? 0
  return {
    parameters,
    convolve(
      x: Value,
      filters: number,
      size: number,
      { stride = 1, padding = 0, biased = false } = {},
    ): Value {
      const attributes = {
        stride: [stride, stride],
        padding: { top: padding, left: padding, bottom: padding, right: padding },
        groups: 1,
      } as const
      const kernel = parameter(filters, channels(x), size, size)
      return conv(x, kernel, attributes, biased ? parameter(filters) : undefined)
    },
    normalise: (x: Value): Value =>
      batchNorm(x, parameter(channels(x)), parameter(channels(x)), EPSILON),
    multiply: (x: Value, units: number): Value => matmul(x, parameter(channels(x), units)),
    dense: (x: Value, units: number): Value =>
      add(matmul(x, parameter(channels(x), units)), parameter(units)),
  }
}

type Layers = ReturnType<typeof layersOf>

const flatten = (x: Value): Value => reshape(x, [x.shape[0] ?? 0, sizeOf(x.shape.slice(1))])
const pooledInHalves = (x: Value): Value => maxPool(x, { size: [2, 2], stride: [2, 2] })

function residual({ convolve, normalise }: Layers, x: Value, filters: number, stride: number) {
  const inner = relu(normalise(convolve(x, filters, 3, { stride, padding: 1 })))
  const z = normalise(convolve(inner, filters, 3, { padding: 1 }))
  const shortcut = stride === 1 ? x : normalise(convolve(x, filters, 1, { stride }))
  return relu(add(z, shortcut))
}

interface Architecture {
  readonly input: Shape
  readonly write: (layers: Layers, x: Value) => Value
}

const ARCHITECTURES = {
  // Pooled before the ReLU: the same numbers, and a quarter of the work in it.
  lenet: {
    input: [128, 1, 28, 28],
    write: ({ convolve, dense }, x) => {
      const first = relu(pooledInHalves(convolve(x, 8, 5, { biased: true })))
      const second = relu(pooledInHalves(convolve(first, 16, 5, { biased: true })))
      return dense(relu(dense(flatten(second), 128)), CLASSES)
    },
  },
  resnet: {
    input: [64, 3, 32, 32],
    write: (layers, x) => {
      const { convolve, normalise, dense } = layers
      const stem = relu(normalise(convolve(x, 16, 3, { padding: 1 })))
      const first = residual(layers, stem, 16, 1)
      const third = residual(layers, residual(layers, first, 32, 2), 64, 2)
      return dense(flatten(averagePool(third, { size: [8, 8], stride: [8, 8] })), CLASSES)
    },
  },
  cifar: {
    input: [64, 3, 32, 32],
    write: ({ convolve, dense }, x) => {
      const pair = (y: Value, filters: number): Value => {
        const inner = relu(convolve(y, filters, 3, { padding: 1, biased: true }))
        return relu(pooledInHalves(convolve(inner, filters, 3, { padding: 1, biased: true })))
      }
      return dense(flatten(pair(pair(x, 32), 64)), CLASSES)
    },
  },
  mlp: {
    input: [128, 784],
    write: ({ multiply, normalise, dense }, x) => {
      const first = relu(normalise(multiply(x, 512)))
      return dense(relu(normalise(multiply(first, 256))), CLASSES)
    },
  },
} as const satisfies Record<string, Architecture>

export type NetworkName = keyof typeof ARCHITECTURES
export const NETWORK_NAMES = Object.keys(ARCHITECTURES) as NetworkName[]

/** Records a network with its cross-entropy and all gradients. */
export function record(name: NetworkName): Network {
  const { input, write }: Architecture = ARCHITECTURES[name]
  const batch = input[0] ?? 0
  const tape = new GradientTape()
  const layers = layersOf(tape)
  const outputs = write(layers, tape.input('x', input))
  const target = tape.input('target', [batch, CLASSES])
  const sums = sum(mul(logSoftmax(outputs), target), [0, 1])
  const cost = scale(reshape(sums, []), -1 / batch)
  return { cost, gradients: tape.gradient(cost, layers.parameters) }
}
