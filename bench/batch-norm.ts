import { readFileSync } from 'node:fs'
import path from 'node:path'
import { runConfig } from '../core/protocol/config.ts'
import { DIGITS, median, newScene } from './scene.ts'
import type { Scene } from './scene.ts'
import type { Table } from './table.ts'

const EPOCHS = 3
const SEEDS = [1, 2, 3]
const LEARNING_RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
/** A learning rate is tolerated if the accuracy it leads to is at most this far below the best. */
const TOLERATED = 0.02

/** The digits' own network, its hidden layers with batch norm or without. */
function networkWith(batchNorm: boolean): object {
  const { network } = runConfig.parse(JSON.parse(readFileSync(path.resolve(DIGITS), 'utf8')))
  const layers = network.layers.map((layer, place) =>
    place < network.layers.length - 1 ? { ...layer, batch_norm: batchNorm } : layer,
  )
  return { ...network, layers }
}

/** Dev accuracy after the last epoch; a run whose cost stops being finite answers by chance. */
async function train(scene: Scene, name: string, settings: object): Promise<number> {
  const { run } = await scene.createDigits(name, { ...settings, threads: 1 })
  const done = scene.standstill()
  await scene.handlers['run:train'](run, { epochs: EPOCHS })
  await done
  return (await scene.handlers['run:show'](run)).devAccuracy ?? 0
}

async function accuracyOf(scene: Scene, rate: number, batchNorm: boolean): Promise<number> {
  const accuracies: number[] = []
  for (const seed of SEEDS) {
    const name = `${batchNorm ? 'with' : 'without'} ${rate} ${seed}`.replaceAll('.', '-')
    const hyperparameters = { learning_rate: rate }
    const settings = { seed, network: networkWith(batchNorm), hyperparameters }
    accuracies.push(await train(scene, name, settings))
  }
  return median(accuracies)
}

/** The largest learning rate whose accuracy is near the best. */
function largestTolerated(accuracies: readonly number[]): number {
  const enough = Math.max(...accuracies) - TOLERATED
  return LEARNING_RATES.findLast((_, place) => (accuracies[place] ?? 0) >= enough) ?? Number.NaN
}

/** Does batch norm let the digits be trained with a learning rate ten times as large? */
export async function benchBatchNorm(): Promise<readonly Table[]> {
  const scene = newScene()
  const without: number[] = []
  const norm: number[] = []
  for (const rate of LEARNING_RATES) {
    without.push(await accuracyOf(scene, rate, false))
    norm.push(await accuracyOf(scene, rate, true))
  }
  await scene.close()
  const rows = LEARNING_RATES.map((rate, place) => [
    String(rate),
    (without[place] ?? 0).toFixed(4),
    (norm[place] ?? 0).toFixed(4),
  ])
  const [plain, normed] = [largestTolerated(without), largestTolerated(norm)]
  const times = `${(normed / plain).toFixed(0)} times`
  return [
    {
      title: `Digits: dev accuracy after ${EPOCHS} epochs, median of ${SEEDS.length} seeds`,
      columns: ['learning rate', 'without batch norm', 'with batch norm'],
      rows: [
        ...rows,
        [`largest within ${TOLERATED} of the best`, String(plain), `${normed}: ${times}`],
      ],
    },
  ]
}
