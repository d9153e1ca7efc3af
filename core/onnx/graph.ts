import type { Shape } from '../tape/value.ts'
import { ATTRIBUTE_INT, ModelProto, ONNX_TYPE } from './schema.ts'

export const OPSET = 18
const IR_VERSION = 8

export type OnnxType = keyof typeof ONNX_TYPE

export interface GraphNode {
  readonly type: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Readonly<Record<string, number>>
}

export interface GraphTensor {
  readonly name: string
  readonly type: OnnxType
  readonly shape: Shape
}

/** An ONNX graph as plain data. Names of tensors are what ties it together. */
export interface Graph {
  readonly inputs: readonly GraphTensor[]
  readonly outputs: readonly GraphTensor[]
  readonly constants: readonly (GraphTensor & { readonly values: readonly number[] })[]
  readonly nodes: readonly GraphNode[]
}

const tensorInfo = ({ name, type, shape }: GraphTensor) => ({
  name,
  type: {
    tensorType: {
      elemType: ONNX_TYPE[type],
      shape: { dim: shape.map((length) => ({ dimValue: length })) },
    },
  },
})

/** Graph → the bytes of an ONNX model. */
export function encodeModel(graph: Graph): Uint8Array {
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'panda',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      name: 'panda',
      input: graph.inputs.map(tensorInfo),
      output: graph.outputs.map(tensorInfo),
      initializer: graph.constants.map(({ name, type, shape, values }) => ({
        name,
        dims: [...shape],
        dataType: ONNX_TYPE[type],
        ...(type === 'int64' ? { int64Data: [...values] } : { floatData: [...values] }),
      })),
      node: graph.nodes.map(({ type, inputs, output, attributes }) => ({
        name: output,
        opType: type,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, i]) => ({
          name,
          i,
          type: ATTRIBUTE_INT,
        })),
      })),
    },
  }).finish()
}
