import type { AttributesOf, InputsOf, OpName, Shape, Value } from '../../../core/tape/value.ts'

export type Range = readonly [low: number, high: number]

/** An operand of whole numbers from 0 to `below` − 1. */
export interface Indices {
  readonly shape: Shape
  readonly below: number
}

/** An operand that goes with the ones before it, as a maximum with its images. It is not varied. */
export interface Derived {
  readonly derive: (earlier: readonly Value[]) => Value
}

export type Operand = Shape | Indices | Derived

type OperandsOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: Operand }

/** One use of an op, to check its gradients and its lowering with. */
export interface Case<K extends OpName> {
  readonly operands: OperandsOf<InputsOf<K>>
  readonly attributes: AttributesOf<K>
  /** What its numbers are drawn from: several where it has a kink, or other ways for small and large. */
  readonly ranges?: readonly Range[]
  /** What sets it apart from the op's other cases. */
  readonly name?: string
}

export type CasesOf<K extends OpName> = readonly Case<K>[]
/** An op without a list of cases does not compile. */
export type Cases = { readonly [K in OpName]: CasesOf<K> }

export const ANYWHERE: readonly Range[] = [[-2, 2]]
export const EITHER_SIDE_OF_ZERO: readonly Range[] = [
  [-2, -0.1],
  [0.1, 2],
]
