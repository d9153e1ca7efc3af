import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createEngine } from '../../../core/engine/engine.ts'
import type { Batch, Engine, EngineSpec } from '../../../core/engine/engine.ts'
import type { ExportMetadata, InputScale } from '../../../core/engine/export.ts'
import { LOSS_TABLE } from '../../../core/nn/losses.ts'
import { inputSpecOf } from '../../../core/nn/plan.ts'
import { initialHyperparameters, runConfig } from '../../../core/protocol/config.ts'
import type { RunConfig } from '../../../core/protocol/config.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples')
/** Every example's name and config. */
export const presets = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.json') && !file.endsWith('-search.json')) // a search is no network
  .map(
    (file) =>
      [
        path.basename(file, '.json'),
        runConfig.parse(JSON.parse(readFileSync(path.join(EXAMPLES, file), 'utf8'))),
      ] as const,
  )

const unitsOf = ({ network }: RunConfig): number => {
  const last = network.layers.at(-1)
  return last !== undefined && 'units' in last ? last.units : 0
}

/** The shape of an example of a preset's data. */
function inputOf(config: RunConfig): EngineSpec['input'] {
  const { data } = config
  if ('text' in data || ('sample' in data && data.sample === 'sonnets')) {
    return inputSpecOf([data.context], unitsOf(config))
  }
  return inputSpecOf('csv' in data ? [2] : [28, 28], null)
}

export function specOf(config: RunConfig): EngineSpec {
  const units = unitsOf(config)
  return {
    network: config.network,
    loss: {
      name: config.loss,
      classWeights: config.class_weights ?? null,
      labelSmoothing: config.label_smoothing,
      huberDelta: config.huber_delta,
    },
    optimizer: config.optimizer,
    input: inputOf(config),
    classes: LOSS_TABLE[config.loss].includes === null ? null : Math.max(2, units),
    seed: 1,
    threads: 1,
  }
}

export const metadataOf = (spec: EngineSpec, scale: InputScale): ExportMetadata => ({
  run: 'd',
  branch: 'b1',
  step: 3,
  loss: spec.loss.name,
  classes: spec.classes,
  classNames: null,
  parametersSha256: 'ab12',
  pandaVersion: '1.2.3',
  input: spec.input.vocabulary === null ? 'values' : 'characters',
  characters: null,
  scale,
})

/** Numbers that look random and are the same every time. */
const noise = (length: number, from: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + from)) * 1.7)

export function rawInput({ input }: EngineSpec, count: number, from: number): Float32Array {
  const values = noise(count * sizeOf(input.shape), from)
  const { vocabulary } = input
  return vocabulary === null
    ? values
    : values.map((v) => Math.floor(Math.abs(v) * 1e3) % vocabulary)
}

/** What a run would feed its network for these raw values. */
export function normalised(raw: Float32Array, { mean, deviation }: InputScale): Float32Array {
  return raw.map((value, i) => {
    const at = i % mean.length
    return mean.length === 0 ? value : (value - mean[at]!) / deviation[at]!
  })
}

function batchOf(spec: EngineSpec, engine: Engine, x: Float32Array, count: number): Batch {
  const { outputShape } = engine.plan
  const rows = count * sizeOf(outputShape.slice(0, -1))
  const classes = spec.classes ?? 1
  const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7) % classes)
  return {
    count,
    x,
    labels: spec.classes === null ? null : labels,
    targets: Float32Array.from(labels),
  }
}

/** An engine whose parameters and running statistics have left their first values. */
export async function trained(config: RunConfig, spec: EngineSpec, steps: number): Promise<Engine> {
  const engine = await createEngine(spec)
  const knobs = initialHyperparameters(config)
  for (let step = 0; step < steps; step++) {
    const batch = batchOf(spec, engine, rawInput(spec, 4, 100 * step), 4)
    await engine.computeGradients(batch, { step, l2: 0, dropout: 0.5, vitals: false })
    engine.applyUpdate(knobs, 1e-3)
  }
  return engine
}
