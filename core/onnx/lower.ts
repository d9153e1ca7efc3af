import { RULES } from '../tape/rules.ts'
import type { Emitter } from '../tape/rules.ts'
import type { GradientTape } from '../tape/tape.ts'
import type { Shape, Value } from '../tape/value.ts'
import type { Graph, GraphNode, GraphTensor } from './graph.ts'
import { ONNX_TYPE } from './schema.ts'

/** A rule with its op forgotten, as where values of any op are walked. */
interface LooseRule {
  onnx(emit: Emitter, inputs: readonly string[], attributes: object, shape: Shape): string
}

interface Draft {
  readonly nodes: GraphNode[]
  readonly constants: (GraphTensor & { readonly values: readonly number[] })[]
}

function emitterOf(draft: Draft): Emitter {
  const constant = (type: 'float' | 'int64', shape: Shape, values: readonly number[]): string => {
    const name = `constant${draft.constants.length}`
    draft.constants.push({ name, type, shape, values })
    return name
  }
  const emit: Emitter = {
    node(type, inputs, attributes = {}) {
      const output = `tensor${draft.nodes.length}`
      draft.nodes.push({ type, inputs, output, attributes })
      return output
    },
    integers: (values) => constant('int64', [values.length], values),
    number: (value) => constant('float', [], [value]),
    toFloat: (x) => emit.node('Cast', [x], { to: ONNX_TYPE.float }),
  }
  return emit
}

/** Everything that the outputs are computed from. */
function reachableFrom(tape: GradientTape, outputs: readonly Value[]): ReadonlySet<Value> {
  const reached = new Set<Value>(outputs)
  for (const value of tape.values.toReversed()) {
    if (value.kind !== 'result' || !reached.has(value)) continue
    for (const input of value.inputs) reached.add(input)
  }
  return reached
}

/** Gives the tensor that was made last the name of an output. */
function renameLast({ nodes }: Draft, from: string, to: string): string {
  const last = nodes.pop()
  if (last?.output !== from) throw new Error(`${from} is not the tensor made last`)
  nodes.push({ ...last, output: to })
  return to
}

/** Tape → graph. Takes in every input of the tape, and of the rest what the outputs need. */
export function lowerTape(tape: GradientTape, outputs: ReadonlyMap<string, Value>): Graph {
  const draft: Draft = { nodes: [], constants: [] }
  const emit = emitterOf(draft)
  const reached = reachableFrom(tape, [...outputs.values()])
  const outputNames = new Map([...outputs].map(([name, value]) => [value, name]))
  const names = new Map<Value, string>()
  const nameOf = (value: Value): string => {
    const name = names.get(value)
    if (name === undefined) throw new Error(`value ${value.index} is used before it is computed`)
    return name
  }
  for (const value of tape.values) {
    if (value.kind === 'input') names.set(value, value.name)
    else if (!reached.has(value)) continue
    else if (value.kind === 'constant') names.set(value, emit.number(value.number))
    else {
      const rule = RULES[value.op] as LooseRule
      const inputs = value.inputs.map(nameOf)
      const name = rule.onnx(emit, inputs, value.attributes, value.shape)
      const outputName = outputNames.get(value)
      names.set(value, outputName === undefined ? name : renameLast(draft, name, outputName))
    }
  }
  for (const [name, value] of outputs) {
    // Only what cannot have the output's name itself: ONNX Runtime copies through an Identity.
    if (nameOf(value) === name) continue
    draft.nodes.push({ type: 'Identity', inputs: [nameOf(value)], output: name, attributes: {} })
  }
  return {
    ...draft,
    inputs: tape.values.filter((value) => value.kind === 'input'),
    outputs: [...outputs].map(([name, { shape, type }]) => ({ name, shape, type })),
  }
}
