import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import ort from 'onnxruntime-node'
import { findBlock } from '../../core/engine/blocks.ts'
import { encodeModel } from '../../core/onnx/graph.ts'
import { lowerTape } from '../../core/onnx/lower.ts'
import { sizeOf } from '../../core/tape/shapes.ts'
import { NETWORK_NAMES, record } from './networks.ts'
import type { NetworkName } from './networks.ts'

// Forward and backward of small networks against PyTorch, in turns, with 1 and 2 threads:
// node scripts/run.mjs bench/ops/index.ts [network,…] [rounds] [standard]

const [names = NETWORK_NAMES.join(','), rounds = '6', operators = 'blocked'] = process.argv.slice(2)
const STEPS = 5
const THREADS = [1, 2] as const

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

function startPytorch() {
  const script = path.join(import.meta.dirname, 'networks.py')
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async run(name: NetworkName, threads: number): Promise<readonly number[]> {
      child.stdin.write(`${name} ${threads} ${STEPS}\n`)
      const { value } = (await lines.next()) as { value: string }
      return value.split(' ').map(Number)
    },
    end: () => child.stdin.end(),
  }
}

async function load(name: NetworkName, threads: number, block: number | undefined) {
  const { cost, gradients } = record(name)
  const outputs = new Map([cost, ...gradients].map((value, index) => [`out${index}`, value]))
  const model = encodeModel(lowerTape(cost.tape, outputs, { block }))
  const session = await ort.InferenceSession.create(model, {
    executionMode: 'sequential',
    graphOptimizationLevel: 'extended',
    intraOpNumThreads: threads,
    enableMemPattern: false,
    extra: { session: { intra_op: { spin_duration_us: '100' } } },
  })
  const feeds = Object.fromEntries(
    cost.tape.values
      .filter((value) => value.kind === 'input')
      .map(({ name: input, shape }) => {
        const values = Float32Array.from({ length: sizeOf(shape) }, () => Math.random() / 5 - 0.1)
        return [input, new ort.Tensor('float32', values, [...shape])]
      }),
  )
  const fetches = Object.fromEntries(
    [...outputs].map(([output, { shape }]) => [
      output,
      new ort.Tensor('float32', new Float32Array(sizeOf(shape)), [...shape]),
    ]),
  )
  return async (): Promise<readonly number[]> => {
    const times: number[] = []
    for (let step = 0; step < STEPS; step++) {
      const start = performance.now()
      await session.run(feeds, fetches)
      times.push(performance.now() - start)
    }
    return times
  }
}

const pytorch = startPytorch()
const block = operators === 'standard' ? undefined : await findBlock({})
const table: Record<string, Record<string, number>> = {}
for (const name of names.split(',') as NetworkName[]) {
  const ways: Record<string, { times: number[]; run: () => Promise<readonly number[]> }> = {}
  for (const threads of THREADS) {
    ways[`panda ${threads}`] = { times: [], run: await load(name, threads, block) }
    ways[`pytorch ${threads}`] = { times: [], run: () => pytorch.run(name, threads) }
  }
  for (let round = 0; round <= Number(rounds); round++) {
    for (const { times, run } of Object.values(ways)) {
      // The first step after a change of place finds cold caches, the first round cold everything.
      const [, ...warm] = await run()
      if (round > 0) times.push(...warm)
    }
  }
  // Where others use the machine too, the quickest step says more than the median.
  const bestBy = (summary: (times: readonly number[]) => number, library: string): number =>
    Math.min(
      ...Object.entries(ways)
        .filter(([way]) => way.startsWith(library))
        .map(([, { times }]) => summary(times)),
    )
  const ratioBy = (summary: (times: readonly number[]) => number): number =>
    Number((bestBy(summary, 'panda') / bestBy(summary, 'pytorch')).toFixed(3))
  table[name] = {
    ...Object.fromEntries(
      Object.entries(ways).map(([way, { times }]) => [way, Number(median(times).toFixed(2))]),
    ),
    ratio: ratioBy(median),
    'ratio of quickest': ratioBy((times) => Math.min(...times)),
  }
}
pytorch.end()
console.log(`ms per forward and backward pass, blocks of channels: ${block ?? 'none'}`)
console.table(table)
