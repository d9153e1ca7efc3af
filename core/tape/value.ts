import type { GradientTape } from './tape.ts'

export type Shape = readonly number[]
export type ElementType = 'float' | 'int'

interface Op<
  Inputs extends readonly Value[],
  Attributes extends object = Readonly<Record<string, never>>,
> {
  readonly inputs: Inputs
  readonly attributes: Attributes
}

/** Height and width. */
export type Extent = readonly [height: number, width: number]

/** How a kernel moves over images, which stand channels first: [examples, channels, height, width]. */
export interface Sliding {
  readonly stride: Extent
  /** Zeros added around each image. `bottom` and `right` may be one more, as "same" needs. */
  readonly padding: {
    readonly top: number
    readonly left: number
    readonly bottom: number
    readonly right: number
  }
}

export interface ConvAttributes extends Sliding {
  /** 1, or as many as input channels for a depthwise convolution. */
  readonly groups: number
}

export interface PoolAttributes {
  readonly size: Extent
  readonly stride: Extent
}

/** Every op on the tape and what it takes. A new line here fails the build until RULES has its row. */
export interface Ops {
  // Elementwise; two operands are stretched to each other as in NumPy.
  add: Op<[x: Value, y: Value]>
  sub: Op<[x: Value, y: Value]>
  mul: Op<[x: Value, y: Value]>
  div: Op<[x: Value, y: Value]>
  neg: Op<[x: Value]>
  exp: Op<[x: Value]>
  log: Op<[x: Value]>
  sqrt: Op<[x: Value]>
  abs: Op<[x: Value]>
  sign: Op<[x: Value]>
  erf: Op<[x: Value]>
  relu: Op<[x: Value]>
  positive: Op<[x: Value]>
  leakyRelu: Op<[x: Value], { readonly slope: number }>
  elu: Op<[x: Value], { readonly alpha: number }>
  sigmoid: Op<[x: Value]>
  tanh: Op<[x: Value]>
  softplus: Op<[x: Value]>
  gelu: Op<[x: Value]>

  // Matrices. Axes before the last two are stretched as in NumPy.
  matmul: Op<[x: Value, y: Value]>
  transpose: Op<[x: Value], { readonly permutation: readonly number[] }>

  // Along the last axis.
  softmax: Op<[x: Value]>
  logSoftmax: Op<[x: Value]>
  gather: Op<[x: Value, indices: Value]>
  scatter: Op<[x: Value, indices: Value], { readonly columns: number }>
  layerNorm: Op<[x: Value, gamma: Value, beta: Value], { readonly epsilon: number }>
  layerMean: Op<[x: Value]>
  layerVariance: Op<[x: Value]>

  // Rows of a table, by id.
  lookup: Op<[table: Value, ids: Value]>
  scatterRows: Op<[rows: Value, ids: Value], { readonly count: number }>

  // Reductions and shapes.
  sum: Op<[x: Value], { readonly axes: readonly number[] }>
  max: Op<[x: Value], { readonly axes: readonly number[] }>
  sumSquares: Op<[x: Value]>
  expand: Op<[x: Value], { readonly shape: Shape }>
  reshape: Op<[x: Value], { readonly shape: Shape }>
  slice: Op<[x: Value], { readonly axis: number; readonly from: number; readonly length: number }>
  place: Op<[x: Value], { readonly axis: number; readonly from: number; readonly length: number }>
  concat: Op<readonly Value[], { readonly axis: number }>

  // Images.
  conv: Op<[x: Value, kernel: Value], ConvAttributes>
  biasedConv: Op<[x: Value, kernel: Value, bias: Value], ConvAttributes>
  convInputGradient: Op<[g: Value, kernel: Value], ConvAttributes & { readonly size: Extent }>
  convKernelGradient: Op<[x: Value, g: Value], ConvAttributes & { readonly size: Extent }>
  maxPool: Op<[x: Value], PoolAttributes>
  maxPoolGradient: Op<[g: Value, x: Value, z: Value], PoolAttributes>
  maxPoolPick: Op<[u: Value, x: Value, z: Value], PoolAttributes>
  averagePool: Op<[x: Value], PoolAttributes>
  averagePoolGradient: Op<[g: Value], PoolAttributes & { readonly input: Extent }>

  // Per channel (axis 1), over all examples and places.
  channelMean: Op<[x: Value]>
  channelVariance: Op<[x: Value]>
  channelCentre: Op<[x: Value]>
  channelAffine: Op<[x: Value, scale: Value, shift: Value]>
  batchNorm: Op<[x: Value, gamma: Value, beta: Value], { readonly epsilon: number }>
}

export type OpName = keyof Ops
export type InputsOf<K extends OpName> = Ops[K]['inputs']
export type AttributesOf<K extends OpName> = Ops[K]['attributes']

interface Recorded {
  readonly tape: GradientTape
  /** Its place on the tape: what it was computed from stands before it. */
  readonly index: number
  readonly shape: Shape
  readonly type: ElementType
}

export interface Input extends Recorded {
  readonly kind: 'input'
  readonly name: string
}

/** An input that holds its numbers, for scripts that train it. */
export interface Variable extends Input {
  readonly values: Float32Array
}

/** Numbers that stay as they are. */
export interface Tensor extends Recorded {
  readonly kind: 'tensor'
  readonly values: Float32Array
}

export interface Constant extends Recorded {
  readonly kind: 'constant'
  readonly number: number
}

export interface Result<K extends OpName> extends Recorded {
  readonly kind: 'result'
  readonly op: K
  readonly inputs: InputsOf<K>
  readonly attributes: AttributesOf<K>
}

/** One line of a tape: what is fed, a constant, or the result of an op. Holds no numbers of its own. */
export type Value = Input | Constant | Tensor | { [K in OpName]: Result<K> }[OpName]
