import type { Layer } from '../../core/protocol/network.ts'
import type { RunFacts } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'

/** Something that was decided when the run was made. */
export interface FixedFact {
  readonly name: string
  readonly value: string
  /** Why it cannot be nudged. */
  readonly why: string
}

const SHAPE = 'The weights have its shape.'
const MEANING = 'Costs before and after would not be the same thing.'

const withWords = (text: string) => text.replaceAll('_', ' ')

/** "dense 256 relu", "conv2d 32", … */
export function layerWords(layer: Layer): string {
  const parts: string[] = [withWords(layer.type)]
  if ('units' in layer) parts.push(String(layer.units))
  if ('filters' in layer) parts.push(String(layer.filters))
  if ('activation' in layer && layer.activation !== undefined && layer.activation !== 'linear') {
    parts.push(String(layer.activation))
  }
  return parts.join(' ')
}

/** The layers with batch normalisation, by number. Layers within a block stand under the block's own. */
function batchNormed(layers: readonly Layer[]): string {
  const has = (layer: Layer): boolean =>
    ('batch_norm' in layer && layer.batch_norm !== false) ||
    ('layers' in layer && (layer.layers as readonly Layer[]).some(has))
  const numbers = layers.flatMap((layer, at) => (has(layer) ? [at + 1] : []))
  if (numbers.length === 0) return 'none'
  return `in ${numbers.length === 1 ? 'layer' : 'layers'} ${numbers.join(', ')}`
}

/** What of a run is fixed, with the reason, in the order people ask for it. */
export function fixedFactsOf({ config, parameters }: RunFacts): readonly FixedFact[] {
  const { network, loss, optimizer, schedule, seed, threads } = config
  return [
    { name: 'Layers', value: network.layers.map(layerWords).join(' → '), why: SHAPE },
    { name: 'Parameters', value: formatCount(parameters), why: SHAPE },
    {
      name: 'Batch norm',
      value: batchNormed(network.layers),
      why: 'It has weights and running averages of its own.',
    },
    {
      name: 'Initialiser',
      value: withWords(network.initialiser),
      why: 'It drew the first weights, which are long gone.',
    },
    { name: 'Loss', value: withWords(loss), why: MEANING },
    {
      name: 'Optimizer',
      value: withWords(optimizer),
      why: 'Its moments belong to it: another one would begin without a memory.',
    },
    {
      name: 'Schedule',
      value: withWords(schedule),
      why: 'Its numbers are knobs above; its form is part of the record.',
    },
    {
      name: 'Dev share',
      value: `${Number((config.data.dev * 100).toPrecision(3))} %`,
      why: 'Dev examples would be trained on, and the dev cost would flatter.',
    },
    { name: 'Seed', value: String(seed), why: 'The order of the examples follows from it.' },
    ...(threads === undefined
      ? []
      : [{ name: 'Threads', value: String(threads), why: 'The bits of a step depend on it.' }]),
  ]
}
