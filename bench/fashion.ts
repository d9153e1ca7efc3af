import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { CLI, newFolder } from './scene.ts'
import type { Table } from './table.ts'

/** Where Debian's package dataset-fashion-mnist puts its files. The examples name the same folder. */
const FASHION = '/usr/share/datasets/fashion-mnist'
const EXAMPLES = path.join(import.meta.dirname, '../examples')

interface Goal {
  readonly epochs: number
  readonly accuracy: number
}
/** As many epochs as the example's learning rate takes to fall to its floor. */
const GOALS = {
  'fashion-lenet': { epochs: 8, accuracy: 0.9 },
  'fashion-mlp-batch-norm': { epochs: 8, accuracy: 0.88 },
} as const satisfies Record<string, Goal>

interface Stopped {
  readonly step: number
  readonly stepsPerSecond: number | null
}
interface Evaluation {
  readonly accuracy: number
  readonly cost: number
  readonly examples: number
}

/** An example on Fashion-MNIST from nothing to its accuracy on the test files, all by the command line. */
async function measure(example: keyof typeof GOALS): Promise<readonly Table[]> {
  if (!existsSync(FASHION)) {
    console.error(`Fashion-MNIST is not here (apt-get install dataset-fashion-mnist): left out.`)
    return []
  }
  const folder = newFolder()
  const panda = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [CLI, ...args, '--json', '--data-dir', folder], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
  const { epochs, accuracy: wanted } = GOALS[example]
  panda('new', path.join(EXAMPLES, `${example}.json`), '--name', 'r')
  const startedAt = performance.now()
  const lines = panda('train', 'r', '--epochs', String(epochs)).trimEnd().split('\n')
  const seconds = (performance.now() - startedAt) / 1000
  const { step } = JSON.parse(lines.at(-1) ?? '{}') as Stopped
  const test = JSON.parse(
    panda(
      'evaluate',
      'r',
      '--images',
      path.join(FASHION, 't10k-images-idx3-ubyte.gz'),
      '--labels',
      path.join(FASHION, 't10k-labels-idx1-ubyte.gz'),
    ),
  ) as Evaluation
  return [
    {
      title: `Fashion-MNIST, examples/${example}.json`,
      columns: ['epochs', 'steps', 'training', 'test images', 'test accuracy', 'wanted', 'reached'],
      rows: [
        [
          String(epochs),
          String(step),
          `${seconds.toFixed(0)} s`,
          String(test.examples),
          test.accuracy.toFixed(4),
          `≥ ${wanted.toFixed(2)}`,
          test.accuracy >= wanted ? 'yes' : 'no',
        ],
      ],
    },
  ]
}

export const benchFashionLenet = (): Promise<readonly Table[]> => measure('fashion-lenet')
export const benchFashionMlp = (): Promise<readonly Table[]> => measure('fashion-mlp-batch-norm')
