import { foldBatchNorm } from '../nn/fold.ts'
import type { Tensors } from '../nn/fold.ts'
import { forward } from '../nn/forward.ts'
import { LOSS_TABLE } from '../nn/losses.ts'
import { planNetwork } from '../nn/plan.ts'
import { encodeModel } from '../onnx/graph.ts'
import { lowerTape } from '../onnx/lower.ts'
import { div, sigmoid, softmax, sub } from '../tape/functions.ts'
import { sizeOf } from '../tape/shapes.ts'
import { GradientTape } from '../tape/tape.ts'
import type { Input, Shape, Value } from '../tape/value.ts'
import type { EngineSpec, EngineState } from './engine.ts'
import { encodeSafetensors } from './safetensors.ts'

/** What turns raw values into what the network sees: (value − mean) / deviation. */
export interface InputScale {
  /** One per feature, a single one for all, or none where values are taken as they are. */
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** What an exported file says about where it comes from, and what it is to be fed. */
export interface ExportMetadata {
  readonly run: string
  readonly branch: string
  readonly step: number
  readonly loss: string
  /** Null of a regression. */
  readonly classes: number | null
  /** In the order of the outputs; null where class ids are their own names. */
  readonly classNames: readonly string[] | null
  readonly parametersSha256: string
  readonly pandaVersion: string
  /** What a raw value is: a pixel from 0 to 1, a number of the table, or the id of a character. */
  readonly input: 'pixels' | 'values' | 'characters'
  /** Of a text: id → character. */
  readonly characters: string | null
  /** Ids are never scaled. */
  readonly scale: InputScale
}

/** The names under which an exported model takes and gives. */
export const EXPORTED = {
  input: 'input',
  logits: 'logits',
  probabilities: 'probabilities',
  /** Of a regression, in place of the other two. */
  values: 'values',
} as const

const INPUTS: { readonly [K in ExportMetadata['input']]: string } = {
  pixels: 'pixels from 0 (a byte of 0) to 1 (a byte of 255)',
  values: 'values as they stand in the table',
  characters: 'ids of characters: their places in "characters", counted from 0',
}

/** Text by name, as both formats keep it. */
const propertiesOf = (about: ExportMetadata): Readonly<Record<string, string>> => ({
  run: about.run,
  branch: about.branch,
  step: String(about.step),
  loss: about.loss,
  ...(about.classes === null ? {} : { classes: String(about.classes) }),
  ...(about.classNames === null ? {} : { class_names: JSON.stringify(about.classNames) }),
  input: INPUTS[about.input],
  ...(about.characters === null ? {} : { characters: JSON.stringify([...about.characters]) }),
  parameters_sha256: about.parametersSha256,
  panda_version: about.pandaVersion,
})

/** Numbers that a model brings along. */
type Constants = Map<Input, Float32Array>

/** A float32 mean is off by up to this share of a deviation before the rest of it is taken off too. */
const NEGLIGIBLE = 1e-6

/** Writes (x − mean) / deviation on the tape. One number, or one per feature, stretched over the batch. */
function scaled(x: Value, { mean, deviation }: InputScale, shape: Shape, kept: Constants): Value {
  if (mean.length === 0) return x
  const form = mean.length === sizeOf(shape) ? shape : []
  const keep = (name: string, values: Float32Array): Input => {
    const value = x.tape.input(name, form)
    kept.set(value, values)
    return value
  }
  const near = Float32Array.from(mean)
  const rest = Float32Array.from(mean, (value, i) => value - (near[i] ?? NaN))
  const centred = sub(x, keep('input_mean', near))
  // Where values lie far from 0 and close together, as years do, the rounding of the mean would show.
  const isRounded = rest.some((value, i) => Math.abs(value) > NEGLIGIBLE * (deviation[i] ?? NaN))
  const exact = isRounded ? sub(centred, keep('input_mean_rest', rest)) : centred
  return div(exact, keep('input_deviation', Float32Array.from(deviation)))
}

const tensorsOf = ({ buffers }: EngineState): Tensors =>
  new Map(buffers.filter(({ role }) => role !== 'moment').map(({ name, values }) => [name, values]))

/**
 * The network in inference mode as an ONNX model of standard operators that any runtime loads. `input` is
 * [batch, …the input's shape] of raw values (float32; int32 for ids), with any number of examples. A
 * classifier answers `logits` and `probabilities` (softmax, or the sigmoid of a single column), a
 * regression `values`. Dropout is gone, batch norm folded into the weights, and the input's scale part of
 * the graph. Throws `engine/invalid-model` where the network cannot be built.
 */
export function exportOnnx(
  spec: EngineSpec,
  state: EngineState,
  metadata: ExportMetadata,
): Uint8Array {
  const { network, tensors } = foldBatchNorm(spec.network, tensorsOf(state))
  const plan = planNetwork(network, spec.input)
  const tape = new GradientTape()
  const constants: Constants = new Map()
  const { shape, vocabulary } = plan.input
  const raw = tape.input(EXPORTED.input, [1, ...shape], vocabulary === null ? 'float' : 'int')
  const shapes = new Map(
    [...plan.parameters, ...plan.statistics].map((one) => [one.name, one.shape]),
  )
  const known = new Map<string, Input>()
  const constant = (name: string): Value => {
    const before = known.get(name)
    if (before !== undefined) return before
    const values = tensors.get(name)
    if (values === undefined) throw new Error(`the state has no ${name}`)
    const value = tape.input(name, shapes.get(name) ?? [])
    known.set(name, value)
    constants.set(value, values)
    return value
  }
  const x = vocabulary === null ? scaled(raw, metadata.scale, shape, constants) : raw
  const { outputs } = forward(plan, network, x, {
    mode: 'inference',
    parameter: constant,
    statistic: constant,
    noise: (name) => {
      throw new Error(`${name} has no place in inference`)
    },
  })
  const { includes } = LOSS_TABLE[spec.loss.name]
  const answers: [string, Value][] =
    includes === null
      ? [[EXPORTED.values, outputs]]
      : [
          [EXPORTED.logits, outputs],
          [EXPORTED.probabilities, includes === 'softmax' ? softmax(outputs) : sigmoid(outputs)],
        ]
  const graph = lowerTape(tape, new Map(answers), { dynamicBatch: true, constants })
  const { run, step } = metadata
  return encodeModel(graph, {
    text: `${run} after ${step} steps of training by Panda`,
    metadata: propertiesOf(metadata),
  })
}

/**
 * The parameters and running statistics of a state, in its order and as they are trained (nothing folded),
 * as a .safetensors file. Its metadata say what an ONNX export says, and the input's scale as JSON.
 */
export function exportSafetensors(state: EngineState, metadata: ExportMetadata): Uint8Array {
  const { mean, deviation } = metadata.scale
  const scale = { mean: [...mean], deviation: [...deviation] }
  return encodeSafetensors(
    state.buffers.filter(({ role }) => role !== 'moment'),
    { ...propertiesOf(metadata), input_scale: JSON.stringify(scale) },
  )
}
