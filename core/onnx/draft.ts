import type { Emitter, OnnxAttributes } from '../tape/emitter.ts'
import type { Shape } from '../tape/value.ts'
import type { GraphConstant, GraphNode } from './graph.ts'
import { ONNX_TYPE } from './schema.ts'

/** A graph while it is written. */
export interface Draft {
  readonly nodes: GraphNode[]
  readonly constants: GraphConstant[]
}

/** What was made of what: the names of the tensors, by all that they depend on. */
type Known = Map<string, readonly string[]>

function interned(known: Known, key: string, make: () => readonly string[]): readonly string[] {
  const names = known.get(key) ?? make()
  known.set(key, names)
  return names
}

// JSON has no word for −0, NaN and infinities: they would be taken for one another.
const wordFor = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/**
 * Writes nodes and constants into a draft, each distinct one once. Its names begin with a character that no
 * input or output begins with. `block`: what convolutions may put side by side, see Emitter.
 */
export function emitterOf(draft: Draft, block?: number): Emitter {
  const known: Known = new Map()
  let made = 0

  const put = (
    type: GraphConstant['type'],
    shape: Shape,
    values: GraphConstant['values'],
  ): readonly string[] => {
    const name = `%constant${draft.constants.length}`
    draft.constants.push({ name, type, shape, values })
    return [name]
  }
  const constant = (type: GraphConstant['type'], shape: Shape, values: readonly number[]): string =>
    only(
      interned(known, JSON.stringify([type, shape, values.map(wordFor)]), () =>
        put(type, shape, values),
      ),
    )
  const nodes = (
    type: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    outputs: number,
  ): readonly string[] =>
    interned(known, JSON.stringify([type, inputs, attributes, outputs]), () => {
      const names = Array.from({ length: outputs }, () => `%${made++}`)
      draft.nodes.push({ type, inputs, outputs: names, attributes })
      return names
    })
  const emit: Emitter = {
    node: (type, inputs, attributes = {}) => only(nodes(type, inputs, attributes, 1)),
    nodes,
    integers: (values) => constant('int64', [values.length], values),
    number: (value) => constant('float', [], [value]),
    numbers: (values, shape) =>
      values instanceof Float32Array
        ? only(put('float', shape, values))
        : constant('float', shape, values),
    toFloat: (x) => emit.node('Cast', [x], { to: ONNX_TYPE.float }),
    block,
  }
  return emit
}

function only([name]: readonly string[]): string {
  if (name === undefined) throw new Error('a node without outputs has no result')
  return name
}
