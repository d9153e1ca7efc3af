import { KERNELS_WASM } from './kernels-wasm.ts'

export { jsKernels } from './js-kernels.ts'

/** What both a WebAssembly.Memory and a stand-in for it have. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike
}

/** All numbers of a training in one memory. `floats` begins where its buffer begins. */
export interface FlatMemory {
  readonly memory: LinearMemory
  readonly floats: Float32Array
}

/**
 * Loops over flat memory. A place is an index into its `floats`; the arrays of one call may not overlap.
 *
 * All arithmetic is float32, in the order the formulas are written, with coefficients rounded to float32
 * first: every implementation answers the same bits. 1 − β is that of the rounded β, so the weights of a
 * moving average sum to one. Moments below the smallest normal float32 (1.2e-38) become 0.
 */
export interface Kernels {
  readonly name: 'wasm-simd' | 'js'
  /** g ← scale · g; W ← W − α g. `g` in memory stays as it is, here and below. */
  gradientDescent(w: number, g: number, count: number, scale: number, alpha: number): void
  /**
   * g ← scale · g; v ← β v + (1 − β) g; W ← W − (alongV · v + alongG · g). With (α, 0) that is momentum,
   * with (α β, α (1 − β)) Nesterov's.
   */
  momentum(
    w: number,
    g: number,
    v: number,
    count: number,
    scale: number,
    beta: number,
    alongV: number,
    alongG: number,
  ): void
  /** g ← scale · g; s ← β₂ s + ((1 − β₂) g) g; W ← W − (α g) / (√s + ε). */
  rmsprop(
    w: number,
    g: number,
    s: number,
    count: number,
    scale: number,
    alpha: number,
    beta2: number,
    epsilon: number,
  ): void
  /**
   * g ← scale · g; v ← β₁ v + (1 − β₁) g; s ← β₂ s + ((1 − β₂) g) g;
   * W ← (W − shrink · W) − (rate · v) / (√s · root + ε).
   */
  adam(
    w: number,
    g: number,
    v: number,
    s: number,
    count: number,
    scale: number,
    rate: number,
    root: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    shrink: number,
  ): void
  /** r ← keep · r + (1 − keep) · x: one step of a running average. */
  lerp(r: number, x: number, count: number, keep: number): void
  /**
   * Place i gets `kept` where the hash of i · 0x9E3779B1 + seed (murmur3's finaliser) is at least
   * `threshold`, else 0. Seed and threshold are unsigned 32-bit integers.
   */
  mask(into: number, count: number, seed: number, threshold: number, kept: number): void
}

/** What is used of the WebAssembly API, which the types of a pure part do not know. */
interface WasmHost {
  readonly WebAssembly?: {
    readonly Memory: new (size: { initial: number; maximum: number }) => LinearMemory
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object, imports: object) => { readonly exports: object }
    validate(bytes: Uint8Array): boolean
  }
  atob(base64: string): string
}
const host = globalThis as unknown as WasmHost

/** The functions of kernels.wat: as `Kernels`, but with addresses in bytes. */
type Exports = Omit<Kernels, 'name'>

/** Compiled once for all memories; null where WebAssembly or its SIMD is missing. */
let compiled: object | null | undefined

function compile(): object | null {
  if (host.WebAssembly === undefined) return null
  const bytes = Uint8Array.from(host.atob(KERNELS_WASM), (letter) => letter.charCodeAt(0))
  return host.WebAssembly.validate(bytes) ? new host.WebAssembly.Module(bytes) : null
}

const bytesAt = (place: number): number => place * Float32Array.BYTES_PER_ELEMENT

/**
 * The kernels in WebAssembly SIMD; null where it is missing, or where the memory is not one that a
 * WebAssembly module can import (a WebAssembly.Memory that is not shared).
 */
export function wasmKernels({ memory }: FlatMemory): Kernels | null {
  compiled ??= compile()
  const wasm = host.WebAssembly
  if (compiled === null || wasm === undefined) return null
  if (!(memory instanceof wasm.Memory) || !(memory.buffer instanceof ArrayBuffer)) return null
  const { exports } = new wasm.Instance(compiled, { panda: { memory } })
  const run = exports as Exports
  return {
    name: 'wasm-simd',
    gradientDescent: (w, g, ...rest) => run.gradientDescent(bytesAt(w), bytesAt(g), ...rest),
    momentum: (w, g, v, ...rest) => run.momentum(bytesAt(w), bytesAt(g), bytesAt(v), ...rest),
    rmsprop: (w, g, s, ...rest) => run.rmsprop(bytesAt(w), bytesAt(g), bytesAt(s), ...rest),
    adam: (w, g, v, s, ...rest) =>
      run.adam(bytesAt(w), bytesAt(g), bytesAt(v), bytesAt(s), ...rest),
    lerp: (r, x, ...rest) => run.lerp(bytesAt(r), bytesAt(x), ...rest),
    mask: (into, ...rest) => run.mask(bytesAt(into), ...rest),
  }
}
