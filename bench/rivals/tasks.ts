import { readFileSync } from 'node:fs'
import path from 'node:path'
import { inputSpecOf } from '../../core/nn/plan.ts'
import type { InputSpec } from '../../core/nn/plan.ts'
import { network } from '../../core/protocol/network.ts'
import type { NetworkConfig } from '../../core/protocol/network.ts'

/** A network to train, the same for all sides: sparse cross-entropy, Adam, random examples. */
export interface Task {
  readonly name: string
  readonly network: NetworkConfig
  readonly input: InputSpec
  readonly classes: number
  /** Examples per batch. */
  readonly count: number
  /** Batches that lie in memory; each step takes the next one. */
  readonly batches: number
  /** Steps of one turn, about half a second. */
  readonly steps: number
  readonly hasImages: boolean
  /** Steps of one turn of TensorFlow.js; null: it is not asked. */
  readonly tensorflow: { readonly wasm: number; readonly cpu: number } | null
}

const EXAMPLES = path.join(import.meta.dirname, '../../examples')

const exampleOf = (name: string): NetworkConfig => {
  const config = JSON.parse(readFileSync(path.join(EXAMPLES, `${name}.json`), 'utf8')) as {
    readonly network: object
  }
  return network.parse(config.network)
}

const mlp = (batchNorm: boolean): NetworkConfig =>
  network.parse({
    layers: [
      { type: 'dense', units: 512, activation: 'relu', batch_norm: batchNorm },
      { type: 'dense', units: 256, activation: 'relu', batch_norm: batchNorm },
      { type: 'dense', units: 10 },
    ],
  })

const PIXELS = inputSpecOf([28, 28], null)
const IMAGES = { input: PIXELS, classes: 10, batches: 8, hasImages: true, tensorflow: null }
const ROWS = { ...IMAGES, input: inputSpecOf([784], null), hasImages: false }
const CHARACTERS = 61
const TEXT = { ...IMAGES, hasImages: false, input: inputSpecOf([64], CHARACTERS) }

/** What is measured. The networks of images and of text are those of the examples. */
export const TASKS: readonly (() => Task)[] = [
  () => ({
    ...ROWS,
    name: 'MLP 784-512-256-10, batch 128',
    network: mlp(false),
    count: 128,
    steps: 100,
    tensorflow: { wasm: 3, cpu: 1 },
  }),
  () => ({
    ...ROWS,
    name: 'MLP + batch norm, batch 128',
    network: mlp(true),
    count: 128,
    steps: 80,
  }),
  () => ({
    ...IMAGES,
    name: 'LeNet-like CNN, batch 128',
    network: exampleOf('lenet'),
    count: 128,
    steps: 15,
  }),
  () => ({
    ...IMAGES,
    name: 'small ResNet, batch 64',
    network: exampleOf('resnet'),
    count: 64,
    steps: 6,
  }),
  () => ({
    ...TEXT,
    name: 'character transformer, batch 32 × 64',
    network: exampleOf('character-transformer'),
    classes: CHARACTERS,
    count: 32,
    steps: 5,
  }),
]
