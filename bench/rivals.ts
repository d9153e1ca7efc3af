import { spawnSync } from 'node:child_process'
import { openPytorch, openTensorflow } from './rivals/child.ts'
import type { PytorchThreads, Side } from './rivals/child.ts'
import { openPanda } from './rivals/panda.ts'
import { TASKS } from './rivals/tasks.ts'
import type { Task } from './rivals/tasks.ts'
import { median, quantile } from './scene.ts'
import type { Table } from './table.ts'

const ROUNDS = 9
/** Rounds in which TensorFlow.js takes its turn: a step of its cpu backend takes long. */
const TENSORFLOW_ROUNDS = 3
/** Debian's python3-torch is for Debian's Python, whatever else is installed. */
const PYTHON = '/usr/bin/python3'

/**
 * PyTorch has two pools of threads, and where both have two they wait for each other by spinning: on two
 * cores an MLP then trained at half to a third of the speed of one thread. So it is asked in all ways and has its best.
 */
const PYTORCH_THREADS: readonly PytorchThreads[] = [
  { openmp: 1, openblas: 1 },
  { openmp: 2, openblas: 2 },
  { openmp: 2, openblas: 1 },
  { openmp: 1, openblas: 2 },
]

type Who = 'Panda' | 'PyTorch' | 'channels_last' | 'wasm' | 'cpu'

/** A side at one of its settings. Its rates are steps per second, one for each round. */
interface Runner {
  readonly who: Who
  readonly threads: number
  readonly side: Side
  readonly steps: number
  readonly rounds: number
  readonly rates: number[]
  kernels: string | null
}

const hasPytorch = (): boolean =>
  spawnSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0

function runnersOf(task: Task, isPytorchHere: boolean): readonly Runner[] {
  const runner = (who: Who, threads: number, side: Side, more: Partial<Runner> = {}): Runner => ({
    who,
    threads,
    side,
    steps: task.steps,
    rounds: ROUNDS,
    rates: [],
    kernels: null,
    ...more,
  })
  const pytorch = (who: Who, layout: 'default' | 'channels_last') =>
    PYTORCH_THREADS.map((pools) =>
      runner(who, Math.max(pools.openmp, pools.openblas), openPytorch(PYTHON, pools, layout)),
    )
  const { tensorflow } = task
  return [
    ...[1, 2].map((threads) => runner('Panda', threads, openPanda(threads))),
    ...(isPytorchHere ? pytorch('PyTorch', 'default') : []),
    ...(isPytorchHere && task.hasImages ? pytorch('channels_last', 'channels_last') : []),
    ...(tensorflow === null
      ? []
      : (['wasm', 'cpu'] as const).map((backend) =>
          runner(backend, 1, openTensorflow(backend), {
            steps: tensorflow[backend],
            rounds: TENSORFLOW_ROUNDS,
          }),
        )),
  ]
}

/** Builds the task on every side, and lets them take turns: one trains while the others wait. */
async function measure(task: Task, isPytorchHere: boolean): Promise<readonly Runner[]> {
  const runners = runnersOf(task, isPytorchHere)
  try {
    const sizes = new Set<number>()
    for (const runner of runners) {
      const { parameters, kernels } = await runner.side.build(task)
      sizes.add(parameters)
      runner.kernels = kernels
      await runner.side.run(Math.min(runner.steps, 5)) // caches, arenas, compiled kernels
    }
    if (sizes.size > 1) {
      throw new Error(`${task.name}: not the same network, but ${[...sizes].join(', ')} parameters`)
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { side, steps, rounds, rates } of runners) {
        if (round < rounds) rates.push(steps / (await side.run(steps)))
      }
    }
    return runners
  } finally {
    for (const { side } of runners) await side.close()
  }
}

type Rates = readonly number[]

/** The rates of the setting whose median is best, of all or of those with so many threads. */
function bestOf(runners: readonly Runner[], who: Who, threads?: number): Rates | null {
  const [best] = runners
    .filter((runner) => runner.who === who && (threads ?? runner.threads) === runner.threads)
    .toSorted((a, b) => median(b.rates) - median(a.rates))
  return best?.rates ?? null
}

const rate = (rates: Rates | null): string => {
  if (rates === null) return '–'
  const middle = median(rates)
  return middle.toFixed(middle < 10 ? 2 : 1)
}

/** How many times as fast, round by round: the median, and the quartiles around it. */
function ratio(ours: Rates | null, theirs: Rates | null): string {
  if (ours === null || theirs === null) return '–'
  const ratios = theirs.map((their, round) => (ours[round] ?? Number.NaN) / their)
  const text = (value: number) => value.toFixed(value < 10 ? 2 : 0)
  const [low, middle, high] = [quantile(ratios, 0.25), median(ratios), quantile(ratios, 0.75)]
  return `**${text(middle)}** (${text(low)} – ${text(high)})`
}

function rowOf(task: Task, runners: readonly Runner[]): readonly string[] {
  const byThreads = (who: Who) => [1, 2].map((n) => rate(bestOf(runners, who, n))).join(' / ')
  const panda = bestOf(runners, 'Panda')
  return [
    task.name,
    byThreads('Panda'),
    byThreads('PyTorch'),
    byThreads('channels_last'),
    ratio(panda, bestOf(runners, 'PyTorch')),
    ratio(bestOf(runners, 'Panda', 1), bestOf(runners, 'PyTorch', 1)),
    ratio(panda, bestOf(runners, 'channels_last')),
  ]
}

const COLUMNS = [
  'network',
  'Panda',
  'PyTorch',
  'PyTorch, channels_last',
  'Panda : PyTorch',
  'with 1 thread each',
  'Panda : channels_last',
]

/**
 * Training steps per second of Panda's engine, PyTorch and TensorFlow.js: the same networks, batch sizes
 * and optimizer in one run, in turns, each at its best number of threads.
 */
export async function benchRivals(): Promise<readonly Table[]> {
  const isPytorchHere = hasPytorch()
  if (!isPytorchHere) {
    console.error(`There is no PyTorch for ${PYTHON} (apt-get install python3-torch): left out.`)
  }
  const rows: (readonly string[])[] = []
  const tensorflow: (readonly string[])[] = []
  let kernels: string | null = null
  for (const taskOf of TASKS) {
    const task = taskOf()
    const runners = await measure(task, isPytorchHere)
    kernels = runners.find(({ who }) => who === 'PyTorch')?.kernels ?? kernels
    rows.push(rowOf(task, runners))
    for (const backend of ['wasm', 'cpu'] as const) {
      const theirs = bestOf(runners, backend)
      if (theirs === null) continue
      tensorflow.push([task.name, backend, rate(theirs), ratio(bestOf(runners, 'Panda'), theirs)])
    }
  }
  const note =
    `Medians of ${ROUNDS} rounds; ratios at the best setting of each, round by round, with quartiles. ` +
    'PyTorch at 2 threads is the best of three ways to share them between OpenMP and OpenBLAS' +
    (kernels === null ? '.' : `, which has chosen its kernels for ${kernels}.`)
  return [
    { title: 'Training steps per second, with 1 / 2 threads', columns: COLUMNS, rows, note },
    {
      title: 'Against TensorFlow.js',
      columns: ['network', 'backend', 'steps per second', 'Panda : TensorFlow.js'],
      rows: tensorflow,
    },
  ]
}
