import { PandaError } from '../errors.ts'
import { jsKernels, wasmKernels } from '../optim/kernels.ts'
import type { FlatMemory, Kernels, LinearMemory } from '../optim/kernels.ts'
import type { EngineOptions } from './options.ts'

const PAGE_BYTES = 65_536
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT

/** What is used of the WebAssembly API; Node's types do not know it. */
interface WasmHost {
  readonly WebAssembly?: {
    readonly Memory: new (pages: { initial: number; maximum: number }) => LinearMemory
  }
}

function allocate(pages: number): LinearMemory {
  const wasm = (globalThis as WasmHost).WebAssembly
  if (wasm === undefined) return { buffer: new ArrayBuffer(pages * PAGE_BYTES) }
  return new wasm.Memory({ initial: pages, maximum: pages })
}

/**
 * Memory of at least so many float32 places, all zero, that kernels and models share. Throws
 * `engine/invalid-model` where so much is not to be had; WebAssembly ends at 4 GiB.
 */
export function allocateFloats(places: number): FlatMemory {
  const bytes = places * FLOAT_BYTES
  try {
    const memory = allocate(Math.max(1, Math.ceil(bytes / PAGE_BYTES)))
    return { memory, floats: new Float32Array(memory.buffer) }
  } catch (error) {
    const size = `${Math.ceil(bytes / 2 ** 20)} MiB`
    throw new PandaError(
      'engine/invalid-model',
      `training needs ${size} in one piece, which are not to be had`,
      'Use a smaller network or a smaller batch.',
      error,
    )
  }
}

/** WebAssembly where it is there and nothing else was asked for; the same bits otherwise, more slowly. */
export function chooseKernels(memory: FlatMemory, choice: EngineOptions['kernels']): Kernels {
  const fast = choice === 'js' ? null : wasmKernels(memory)
  if (fast === null && choice === 'wasm-simd') {
    throw new PandaError('engine/failed', 'WebAssembly SIMD is missing here')
  }
  return fast ?? jsKernels(memory)
}
