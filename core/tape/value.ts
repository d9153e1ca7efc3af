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

/** Every op on the tape and what it takes. A new line here fails the build until RULES has its row. */
export interface Ops {
  add: Op<[x: Value, y: Value]>
  sub: Op<[x: Value, y: Value]>
  mul: Op<[x: Value, y: Value]>
  neg: Op<[x: Value]>
  exp: Op<[x: Value]>
  relu: Op<[x: Value]>
  positive: Op<[x: Value]>
  sigmoid: Op<[x: Value]>
  tanh: Op<[x: Value]>
  softplus: Op<[x: Value]>
  matmul: Op<[x: Value, y: Value]>
  transpose: Op<[x: Value]>
  logSoftmax: Op<[x: Value]>
  gather: Op<[x: Value, indices: Value]>
  scatter: Op<[x: Value, indices: Value], { readonly columns: number }>
  sum: Op<[x: Value], { readonly axes: readonly number[] }>
  sumSquares: Op<[x: Value]>
  expand: Op<[x: Value], { readonly shape: Shape }>
  reshape: Op<[x: Value], { readonly shape: Shape }>
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
export type Value = Input | Constant | { [K in OpName]: Result<K> }[OpName]
