import { spawn } from 'node:child_process'
import path from 'node:path'
import readline from 'node:readline'
import type { Task } from './tasks.ts'

/** What a side made of a task. */
export interface Built {
  readonly parameters: number
  /** Which kernels its linear algebra runs on, where it can tell. */
  readonly kernels: string | null
}

/** One who trains networks: Panda's engine or a rival, with its settings. One call at a time. */
export interface Side {
  build(task: Task): Promise<Built>
  /** Trains so many steps; answers how many seconds they took. */
  run(steps: number): Promise<number>
  close(): Promise<void>
}

interface Answer extends Partial<Built> {
  readonly seconds?: number
}

/**
 * A variable of the shell may hold a library to slower kernels than the processor has, or to other threads
 * than are measured. Every side chooses for itself.
 */
const TUNING = /^(OPENBLAS|GOTO|OMP|GOMP|KMP|MKL|DNNL|ONEDNN|ATEN|LRU_CACHE|TF)_/

const untuned = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !TUNING.test(name)))

/** A program that answers each line of JSON with one. */
function openChild(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, {
    cwd: import.meta.dirname,
    env: { ...untuned(), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => resolve())
  })
  gone.catch(() => undefined) // whoever asks hears of it from the empty answer
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(question: object): Promise<Answer> {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command} ${args.join(' ')} ended`)
      return JSON.parse(value) as Answer
    },
    async close(): Promise<void> {
      child.stdin.end()
      await gone
    },
  }
}

function sideOf(child: ReturnType<typeof openChild>, layout: string): Side {
  return {
    async build({ network, input, classes, count, batches }) {
      const task = { network, input, classes, count, batches, layout }
      const { parameters = 0, kernels = null } = await child.ask({ build: task })
      return { parameters, kernels }
    },
    run: async (steps) => (await child.ask({ run: steps })).seconds ?? Number.NaN,
    close: () => child.close(),
  }
}

/** PyTorch's own operations and oneDNN's run on OpenMP's threads, matrix products on OpenBLAS's. */
export interface PytorchThreads {
  readonly openmp: number
  readonly openblas: number
}

export const openPytorch = (
  python: string,
  { openmp, openblas }: PytorchThreads,
  layout: 'default' | 'channels_last',
): Side => {
  const env = { OMP_NUM_THREADS: String(openmp), OPENBLAS_NUM_THREADS: String(openblas) }
  return sideOf(openChild(python, ['pytorch.py', String(openmp)], env), layout)
}

export const openTensorflow = (backend: 'wasm' | 'cpu'): Side =>
  sideOf(openChild(process.execPath, [path.join(import.meta.dirname, 'tfjs.mjs'), backend], {}), '')
