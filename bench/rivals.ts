import { spawnSync } from 'node:child_process'
import { openPytorch, openTensorflow } from './rivals/child.ts'
import type { Side } from './rivals/child.ts'
import { openPanda } from './rivals/panda.ts'
import { TASKS } from './rivals/tasks.ts'
import type { Task } from './rivals/tasks.ts'
import { median, quantile } from './scene.ts'
import type { Table } from './table.ts'

const ROUNDS = 9
/** Rounds in which TensorFlow.js takes its turn: a step of its cpu backend takes seconds. */
const TENSORFLOW_ROUNDS = 3
/** Debian's python3-torch is for Debian's Python, whatever else is installed. */
const PYTHON = '/usr/bin/python3'
const THREADS = [1, 2] as const

/** A side at one of its settings. Its rates are steps per second, one for each round. */
interface Runner {
  readonly who: 'panda' | 'pytorch' | 'channels_last' | 'wasm' | 'cpu'
  readonly side: Side
  readonly steps: number
  readonly rounds: number
  readonly rates: number[]
  kernels: string | null
}

const hasPytorch = (): boolean =>
  spawnSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0

function runnersOf(task: Task, isPytorchHere: boolean): readonly Runner[] {
  const runner = (who: Runner['who'], side: Side, steps = task.steps, rounds = ROUNDS) => ({
    who,
    side,
    steps,
    rounds,
    rates: [],
    kernels: null,
  })
  const tensorflow = task.tensorflow
  return [
    ...THREADS.map((threads) => runner('panda', openPanda(threads))),
    ...THREADS.flatMap((threads) => {
      if (!isPytorchHere) return []
      const plain = runner('pytorch', openPytorch(PYTHON, threads, 'default'))
      if (!task.hasImages) return [plain]
      return [plain, runner('channels_last', openPytorch(PYTHON, threads, 'channels_last'))]
    }),
    ...(tensorflow === null
      ? []
      : (['wasm', 'cpu'] as const).map((backend) =>
          runner(backend, openTensorflow(backend), tensorflow[backend], TENSORFLOW_ROUNDS),
        )),
  ]
}

/** Builds the task on every side, and lets them take turns: one trains while the others wait. */
async function measure(task: Task, isPytorchHere: boolean): Promise<readonly Runner[]> {
  const runners = runnersOf(task, isPytorchHere)
  try {
    const sizes = new Set<number>()
    for (const runner of runners) {
      const { side, steps } = runner
      const { parameters, kernels } = await side.build(task)
      sizes.add(parameters)
      runner.kernels = kernels
      await side.run(Math.min(steps, 5)) // caches, arenas, compiled kernels
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

/** The rates of a side, with one thread first. */
const ratesOf = (runners: readonly Runner[], who: Runner['who']): readonly (readonly number[])[] =>
  runners.filter((runner) => runner.who === who).map(({ rates }) => rates)

/** The setting of a side whose median is best. */
const bestOf = (runners: readonly Runner[], who: Runner['who']): readonly number[] | null =>
  ratesOf(runners, who).toSorted((a, b) => median(b) - median(a))[0] ?? null

const rate = (rates: readonly number[] | null): string => {
  if (rates === null) return '–'
  const middle = median(rates)
  return middle < 10 ? middle.toFixed(2) : middle.toFixed(1)
}

/** How many times as fast, round by round: the median, and the quartiles around it. */
function ratio(ours: readonly number[], theirs: readonly number[] | null): string {
  if (theirs === null) return '–'
  const ratios = theirs.map((their, round) => (ours[round] ?? Number.NaN) / their)
  const text = (value: number) => value.toFixed(value < 10 ? 2 : 0)
  const [low, middle, high] = [quantile(ratios, 0.25), median(ratios), quantile(ratios, 0.75)]
  return `**${text(middle)}** (${text(low)} – ${text(high)})`
}

/**
 * Training steps per second of Panda's engine, PyTorch and TensorFlow.js: the same networks, batch sizes
 * and optimizer in one run, in turns. Each of Panda and PyTorch at the better of one and two threads.
 */
export async function benchRivals(): Promise<readonly Table[]> {
  const isPytorchHere = hasPytorch()
  if (!isPytorchHere) {
    console.error(`There is no PyTorch for ${PYTHON} (apt-get install python3-torch): left out.`)
  }
  const speeds: string[][] = []
  const rivals: string[][] = []
  let kernels: string | null = null
  for (const taskOf of TASKS) {
    const task = taskOf()
    const runners = await measure(task, isPytorchHere)
    const panda = bestOf(runners, 'panda') ?? []
    const pytorch = bestOf(runners, 'pytorch')
    const channelsLast = bestOf(runners, 'channels_last')
    const perSetting = (who: Runner['who']) => ratesOf(runners, who).map(rate).join(' / ') || '–'
    const [single] = ratesOf(runners, 'panda')
    const [singlePytorch = null] = ratesOf(runners, 'pytorch')
    kernels = runners.find(({ who }) => who === 'pytorch')?.kernels ?? kernels
    speeds.push([
      task.name,
      perSetting('panda'),
      perSetting('pytorch'),
      perSetting('channels_last'),
      ratio(panda, pytorch),
      ratio(single ?? [], singlePytorch),
      ratio(panda, channelsLast),
    ])
    for (const backend of ['wasm', 'cpu'] as const) {
      const theirs = bestOf(runners, backend)
      if (theirs !== null) rivals.push([task.name, backend, rate(theirs), ratio(panda, theirs)])
    }
  }
  return [
    {
      title: 'Training steps per second, with 1 / 2 threads',
      columns: [
        'network',
        'Panda',
        'PyTorch',
        'PyTorch, channels_last',
        'Panda : PyTorch',
        'with 1 thread each',
        'Panda : channels_last',
      ],
      rows: speeds,
      note:
        `Medians of ${ROUNDS} rounds of about half a second; ratios round by round, with quartiles. ` +
        `PyTorch's OpenBLAS runs on its kernels for ${kernels ?? 'an unknown processor'}.`,
    },
    {
      title: 'Against TensorFlow.js',
      columns: ['network', 'backend', 'steps per second', 'Panda : TensorFlow.js'],
      rows: rivals,
    },
  ]
}
