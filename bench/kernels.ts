import { jsKernels, wasmKernels } from '../core/optim/kernels.ts'
import type { Kernels } from '../core/optim/kernels.ts'
import { median, ms, row } from './scene.ts'
import type { Row } from './scene.ts'

const COUNT = 1_000_000
const ROUNDS = 15
const PAGE_PLACES = 16_384

/** Adam as a plain loop in float64 arithmetic over arrays of float32: what the kernels took over from. */
function adamInFloat64(floats: Float32Array, rate: number, root: number): void {
  const [w, g, v, s] = [0, 1, 2, 3].map((index) =>
    floats.subarray(index * COUNT, (index + 1) * COUNT),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array]
  for (let i = 0; i < COUNT; i++) {
    const gradient = g[i]!
    const velocity = 0.9 * v[i]! + (1 - 0.9) * gradient
    const square = 0.999 * s[i]! + (1 - 0.999) * gradient * gradient
    v[i] = velocity
    s[i] = square
    w[i]! -= (rate * velocity) / (Math.sqrt(square) * root + 1e-8)
  }
}

/** One Adam update of a million parameters, three ways interleaved, and a dropout mask. */
export function benchKernels(): readonly Row[] {
  const pages = Math.ceil((4 * COUNT) / PAGE_PLACES)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const floats = new Float32Array(memory.buffer)
  const fast = wasmKernels({ memory, floats })
  if (fast === null) throw new Error('WebAssembly SIMD is missing here')
  const twin = jsKernels({ memory, floats })

  for (let i = 0; i < COUNT; i++) {
    floats[i] = Math.sin(i)
    floats[COUNT + i] = Math.cos(i) / 100
  }
  const adam = (kernels: Kernels) => () =>
    kernels.adam(0, COUNT, 2 * COUNT, 3 * COUNT, COUNT, 1, 1e-3, 1.1, 0.9, 0.999, 1e-8, 0)
  const ways = {
    wasm: adam(fast),
    js: adam(twin),
    float64: () => adamInFloat64(floats, 1e-3, 1.1),
  }
  const timed = (run: () => void): number => {
    const startedAt = performance.now()
    run()
    return performance.now() - startedAt
  }

  const times = { wasm: [] as number[], js: [] as number[], float64: [] as number[] }
  for (let round = -3; round < ROUNDS; round++) {
    for (const way of ['wasm', 'js', 'float64'] as const) {
      const time = timed(ways[way])
      if (round >= 0) times[way].push(time) // the first rounds are for the compilers
    }
  }
  const ratio = (other: 'js' | 'float64'): string =>
    median(times[other].map((time, round) => time / times.wasm[round]!)).toFixed(1)

  const masked = Array.from({ length: ROUNDS }, (_, round) =>
    timed(() => fast.mask(0, COUNT, round, 2 ** 31, 2)),
  )
  return [
    row('Adam on 1 M parameters, WebAssembly', ms(median(times.wasm))),
    row('JavaScript in float32 : WebAssembly', ratio('js')),
    row('JavaScript in float64 : WebAssembly', ratio('float64')),
    row('dropout mask of 1 M places', ms(median(masked))),
  ]
}

if (process.argv[1] === import.meta.filename) console.table(benchKernels())
