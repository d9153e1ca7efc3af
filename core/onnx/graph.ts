import type { OnnxAttribute, OnnxAttributes } from '../tape/emitter.ts'
import type { Shape } from '../tape/value.ts'
import { ATTRIBUTE, ModelProto, ONNX_TYPE } from './schema.ts'

export const OPSET = 18
const IR_VERSION = 8

export type OnnxType = keyof typeof ONNX_TYPE

export interface GraphNode {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: OnnxAttributes
}

export interface GraphTensor {
  readonly name: string
  /** A sequence is one of float tensors; its shape is not looked at. */
  readonly type: OnnxType | 'sequence'
  /** A name in place of a length is a dimension that each run may choose. */
  readonly shape: readonly (number | string)[]
}

export interface GraphConstant {
  readonly name: string
  readonly type: OnnxType
  readonly shape: Shape
  readonly values: readonly number[] | Float32Array
}

/** An ONNX graph as plain data. Names of tensors are what ties it together. */
export interface Graph {
  readonly inputs: readonly GraphTensor[]
  readonly outputs: readonly GraphTensor[]
  readonly constants: readonly GraphConstant[]
  readonly nodes: readonly GraphNode[]
}

const tensorType = (type: OnnxType, shape: GraphTensor['shape']) => ({
  elemType: ONNX_TYPE[type],
  shape: {
    dim: shape.map((length) =>
      typeof length === 'string' ? { dimParam: length } : { dimValue: length },
    ),
  },
})

const valueInfo = ({ name, type, shape }: GraphTensor) => ({
  name,
  type:
    type === 'sequence'
      ? { sequenceType: { elemType: { tensorType: { elemType: ONNX_TYPE.float } } } }
      : { tensorType: tensorType(type, shape) },
})

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function constantProto({ name, type, shape, values }: GraphConstant) {
  const head = { name, dims: [...shape], dataType: ONNX_TYPE[type] }
  if (type === 'int64') return { ...head, int64Data: [...values] }
  if (type === 'int') return { ...head, int32Data: [...values] }
  return {
    ...head,
    rawData: bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)),
  }
}

function attributeProto(name: string, value: OnnxAttribute) {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int }
  if (typeof value === 'string') {
    return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string }
  }
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float }
  return { name, ints: [...value], type: ATTRIBUTE.ints }
}

/** A node's type, apart from the domain that stands before it where it is not a standard operator. */
function typeProto(type: string): { readonly domain: string; readonly opType: string } {
  const end = type.lastIndexOf('.')
  return { domain: type.slice(0, Math.max(end, 0)), opType: type.slice(end + 1) }
}

/** The versions of all domains that a graph's nodes are of. Those beside the standard have one. */
function domainsOf({ nodes }: Graph) {
  const others = new Set(
    nodes.map(({ type }) => typeProto(type).domain).filter((name) => name !== ''),
  )
  return [{ domain: '', version: OPSET }, ...[...others].map((domain) => ({ domain, version: 1 }))]
}

/** What a model file says of itself. */
export interface ModelDescription {
  readonly text?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** Graph → the bytes of an ONNX model. */
export function encodeModel(
  graph: Graph,
  { text, metadata = {} }: ModelDescription = {},
): Uint8Array {
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'panda',
    docString: text,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    opsetImport: domainsOf(graph),
    graph: {
      name: 'panda',
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      initializer: graph.constants.map(constantProto),
      node: graph.nodes.map(({ type, inputs, outputs, attributes }) => ({
        name: outputs[0],
        ...typeProto(type),
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      })),
    },
  }).finish()
}
