import { PandaError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { checkAnswers, checkModel } from '../../core/nn/check.ts'
import { countParameters, estimateMemory, inputSpecOf, planNetwork } from '../../core/nn/plan.ts'
import type { InputSpec, NetworkPlan, PlannedLayer } from '../../core/nn/plan.ts'
import { OPTIMIZERS } from '../../core/optim/optimizers.ts'
import { findConfigFaults } from '../../core/protocol/config-fault.ts'
import { runConfig } from '../../core/protocol/config.ts'
import type { RunConfig } from '../../core/protocol/config.ts'
import { valueAt } from '../../core/protocol/config-schema.ts'
import type { DataDescription } from '../../core/protocol/describe-data.ts'
import { network as networkSchema } from '../../core/protocol/network.ts'
import type { NetworkConfig } from '../../core/protocol/network.ts'
import type { ConfigDraft } from './config-path.ts'
import { classesOf, layersOf } from './draft.ts'

/** One layer as it comes out. */
export interface LayerReading {
  /** What leaves it, without the mini-batch; null where it does not fit. */
  readonly output: readonly number[] | null
  readonly parameters: number
  /** Why it does not fit; null if it does. */
  readonly fault: Pick<WireError, 'message' | 'remedy'> | null
}

export interface ModelReading {
  readonly input: readonly number[]
  readonly layers: readonly LayerReading[]
  readonly parameters: number
  /** What training takes, in bytes; null while the network does not fit. */
  readonly memoryBytes: number | null
  readonly fits: boolean
}

type Fault = LayerReading['fault']

/** What `work` throws as a PandaError; null if it goes well. */
function faultIn(work: () => void): Fault {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof PandaError) return { message: error.message, remedy: error.remedy }
    throw error
  }
}

const everyParameter = (one: PlannedLayer): number =>
  countParameters(one.parameters) +
  [...one.through, ...one.round].reduce((sum, inner) => sum + everyParameter(inner), 0)

/** As many layers as can be planned, from the first, and what stops the next. */
function planAsFarAsItGoes(network: NetworkConfig, input: InputSpec) {
  let plan: NetworkPlan | null = null
  let fault: Fault = null
  let count = network.layers.length
  for (; count > 0 && plan === null; count -= 1) {
    const layers = network.layers.slice(0, count)
    const refusal = faultIn(() => (plan = planNetwork({ ...network, layers }, input)))
    if (refusal !== null) fault = refusal
  }
  return { plan: plan as NetworkPlan | null, fault }
}

/** What a network takes of this data. */
const inputOf = (config: ConfigDraft, description: DataDescription): InputSpec =>
  description.kind === 'text'
    ? inputSpecOf([Number(valueAt(config, ['data', 'context']) ?? 64)], description.vocabulary)
    : inputSpecOf(description.featureShape, null)

/** What the layers themselves leave to wish for, by their place; keyed before any shape is known. */
function schemaFaults(config: ConfigDraft): ReadonlyMap<number, Fault> {
  const faults = new Map<number, Fault>()
  for (const { path, message, remedy } of findConfigFaults(config)) {
    if (path[0] !== 'network' || path[1] !== 'layers') continue
    const at = typeof path[2] === 'number' ? path[2] : 0
    if (!faults.has(at)) faults.set(at, { message, remedy })
  }
  return faults
}

function modelFault(
  plan: NetworkPlan,
  config: ConfigDraft,
  network: NetworkConfig,
  description: DataDescription,
): Fault {
  const parsed = runConfig.safeParse(config)
  if (!parsed.success) return null // the fields themselves say what is wrong
  return faultIn(() => {
    const classes = classesOf(config, description)
    checkModel(plan, lossSpecOf(parsed.data), network, classes)
    checkAnswers(
      plan,
      parsed.data.loss,
      description.kind === 'text' ? (plan.input.shape[0] ?? 1) : 1,
    )
  })
}

const lossSpecOf = (config: RunConfig) => ({
  name: config.loss,
  classWeights: config.class_weights ?? null,
  labelSmoothing: config.label_smoothing,
  huberDelta: config.huber_delta,
})

function memoryOf(plan: NetworkPlan, config: ConfigDraft): number {
  const optimizer = String(config['optimizer'] ?? 'adam') as keyof typeof OPTIMIZERS
  const batchSize = Number(valueAt(config, ['hyperparameters', 'batch_size']) ?? 64)
  const optimizerSlots = (OPTIMIZERS[optimizer] as { slots: readonly string[] } | undefined)?.slots
  return estimateMemory(plan, { optimizerSlots: optimizerSlots?.length ?? 2, batchSize })
}

/** Every shape of a draft's network, and at which layer it stops fitting. Null while the data is unknown. */
export function readModel(
  config: ConfigDraft,
  description: DataDescription | null,
): ModelReading | null {
  if (description === null) return null
  const drafts = layersOf(config)
  const input = inputOf(config, description)
  const bySchema = schemaFaults(config)
  const firstBad = Math.min(...bySchema.keys(), drafts.length)
  const parsed = networkSchema.safeParse({
    ...(config['network'] as object | undefined),
    layers: drafts.slice(0, firstBad),
  })
  const whole = parsed.success ? parsed.data : null
  const { plan, fault } =
    whole === null ? { plan: null, fault: null } : planAsFarAsItGoes(whole, input)
  const planned = plan?.layers ?? []
  const isPlanned = plan !== null && planned.length === drafts.length
  const last = isPlanned && whole !== null ? modelFault(plan, config, whole, description) : null
  const layers = drafts.map((_, index): LayerReading => {
    const one = planned[index]
    const own = bySchema.get(index) ?? (index === planned.length ? fault : null)
    const atEnd = index === drafts.length - 1 ? last : null
    return {
      output: one?.output ?? null,
      parameters: one === undefined ? 0 : everyParameter(one),
      fault: own ?? atEnd,
    }
  })
  return {
    input: input.shape,
    layers,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    memoryBytes: isPlanned ? memoryOf(plan, config) : null,
    fits: isPlanned && last === null && layers.length > 0,
  }
}
