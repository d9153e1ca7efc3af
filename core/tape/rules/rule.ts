import type { Emitter } from '../emitter.ts'
import type { AttributesOf, InputsOf, OpName, Shape, Value } from '../value.ts'

type ShapesOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: Shape }
type NamesOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: string }
type GradsOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: Value | null }

export interface Rule<K extends OpName> {
  /** The shape of the result. Throws where the inputs do not go together. */
  readonly shape: (inputs: ShapesOf<InputsOf<K>>, attributes: AttributesOf<K>) => Shape
  /** Writes the op as ONNX nodes and answers the name of its result. */
  readonly onnx: (
    emit: Emitter,
    inputs: NamesOf<InputsOf<K>>,
    attributes: AttributesOf<K>,
    shape: Shape,
    inputShapes: ShapesOf<InputsOf<K>>,
  ) => string
  /** One gradient per input, in order; null stops there. The tape undoes broadcasting, rules ignore it. */
  readonly vjp: (
    g: Value,
    inputs: InputsOf<K>,
    z: Value,
    attributes: AttributesOf<K>,
  ) => GradsOf<InputsOf<K>>
}

export type Rules = { readonly [K in OpName]: Rule<K> }

type One = readonly [x: Shape]
type Two = readonly [x: Shape, y: Shape]

export const same = ([x]: readonly [x: Shape, ...rest: readonly Shape[]]): Shape => x
/** One node of this type, of all the inputs as they are. */
export const node =
  (type: string) =>
  (emit: Emitter, inputs: readonly string[]): string =>
    emit.node(type, inputs)

export type { One, Two }
