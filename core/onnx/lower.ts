import { RULES } from '../tape/rules.ts'
import type { Emitter } from '../tape/emitter.ts'
import type { GradientTape } from '../tape/tape.ts'
import type { Input, Shape, Value } from '../tape/value.ts'
import { emitterOf } from './draft.ts'
import type { Draft } from './draft.ts'
import type { Graph, GraphTensor } from './graph.ts'

/** A rule with its op forgotten, as where values of any op are walked. */
interface LooseRule {
  onnx(
    emit: Emitter,
    inputs: readonly string[],
    attributes: object,
    shape: Shape,
    inputShapes: readonly Shape[],
  ): string
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

export interface LoweringOptions {
  /** The runtime's blocks of channels, where its own convolutions may be used: see Emitter. */
  readonly block?: number | undefined
  /** Leaves the first axis of inputs and outputs open, so that one model takes batches of any size. */
  readonly dynamicBatch?: boolean
  /** Inputs that become part of the model, with their numbers. */
  readonly constants?: ReadonlyMap<Input, Float32Array>
}

const BATCH = 'batch'

/** Tape → graph. Takes in every input of the tape, and of the rest what the outputs need. */
export function lowerTape(
  tape: GradientTape,
  outputs: ReadonlyMap<string, Value>,
  { block, dynamicBatch = false, constants = new Map() }: LoweringOptions = {},
): Graph {
  const draft: Draft = { nodes: [], constants: [] }
  const emit = emitterOf(draft, block)
  const reached = reachableFrom(tape, [...outputs.values()])
  const names = new Map<Value, string>()
  const nameOf = (value: Value): string => {
    const name = names.get(value)
    if (name === undefined) throw new Error(`value ${value.index} is used before it is computed`)
    return name
  }
  for (const value of tape.values) {
    if (value.kind === 'input') {
      const values = constants.get(value)
      if (values !== undefined) {
        draft.constants.push({ name: value.name, type: value.type, shape: value.shape, values })
      }
      names.set(value, value.name)
    } else if (!reached.has(value)) continue
    else
      names.set(
        value,
        dynamicBatch ? lowerForBatches(value, emit, nameOf) : lower(value, emit, nameOf),
      )
  }
  const renamed = nameOutputs(
    draft,
    [...outputs].map(([name, value]) => [name, nameOf(value)]),
  )
  const open = (tensor: GraphTensor): GraphTensor =>
    dynamicBatch && tensor.shape.length > 0
      ? { ...tensor, shape: [BATCH, ...tensor.shape.slice(1)] }
      : tensor
  return {
    ...renamed,
    inputs: tape.values
      .filter((value): value is Input => value.kind === 'input' && !constants.has(value))
      .map(({ name, type, shape }) => open({ name, type, shape })),
    outputs: [...outputs].map(([name, { shape, type }]) => open({ name, shape, type })),
  }
}

type Lowered = Exclude<Value, Input>

function lower(value: Lowered, emit: Emitter, nameOf: (value: Value) => string): string {
  if (value.kind === 'constant') return emit.number(value.number)
  if (value.kind === 'tensor') return emit.numbers(value.values, value.shape)
  const rule = RULES[value.op] as LooseRule
  return rule.onnx(
    emit,
    value.inputs.map(nameOf),
    value.attributes,
    value.shape,
    value.inputs.map((input) => input.shape),
  )
}

/** The same for a first axis that each run may choose: nothing may write the length it has now. */
function lowerForBatches(value: Lowered, emit: Emitter, nameOf: (value: Value) => string): string {
  if (value.kind !== 'result' || value.shape.length === 0) return lower(value, emit, nameOf)
  const [first = 1, ...rest] = value.shape
  if (value.op === 'reshape') {
    return emit.node('Reshape', [nameOf(value.inputs[0]), emit.integers([-1, ...rest])])
  }
  if (value.op === 'expand') {
    const [x] = value.inputs
    if (x.shape.length < value.shape.length || x.shape[0] !== first) {
      throw new Error(`an expansion to [${value.shape}] would fix the size of the batch`)
    }
    // Stretched to length 1, an axis stays as long as it is.
    return emit.node('Expand', [nameOf(x), emit.integers([1, ...rest])])
  }
  return lower(value, emit, nameOf)
}

/** Gives tensors the names of the outputs; through an Identity, a copy, only where one is two of them. */
function nameOutputs(
  draft: Draft,
  outputs: readonly (readonly [name: string, tensor: string])[],
): Draft {
  const made = new Set(draft.nodes.flatMap((node) => node.outputs))
  const newNames = new Map<string, string>()
  const copies: Draft['nodes'] = []
  for (const [name, tensor] of outputs) {
    if (made.has(tensor) && !newNames.has(tensor)) newNames.set(tensor, name)
    else {
      const from = newNames.get(tensor) ?? tensor
      copies.push({ type: 'Identity', inputs: [from], outputs: [name], attributes: {} })
    }
  }
  const rename = (name: string): string => newNames.get(name) ?? name
  return {
    constants: draft.constants,
    nodes: [
      ...draft.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      ...copies,
    ],
  }
}
