import ort from 'onnxruntime-node'
import { encodeModel } from '../onnx/graph.ts'
import { lowerTape } from '../onnx/lower.ts'
import { conv } from '../tape/functions.ts'
import { GradientTape } from '../tape/tape.ts'
import type { RunHooks } from './runtime.ts'

const CHANNELS = 16
const WIDTH = 3
const WINDOW = {
  stride: [1, 1],
  padding: { top: 1, left: 1, bottom: 1, right: 1 },
  groups: 1,
} as const

/** A convolution of 16 channels, which both sizes of block divide, with and without blocks. */
async function convolve(block: number | undefined): Promise<Float32Array> {
  const tape = new GradientTape()
  const x = tape.input('x', [1, CHANNELS, WIDTH, WIDTH])
  const kernel = tape.input('kernel', [CHANNELS, CHANNELS, 3, 3])
  const graph = lowerTape(tape, new Map([['z', conv(x, kernel, WINDOW)]]), { block })
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  })
  try {
    const ramp = (shape: readonly number[]) => {
      const length = shape.reduce((size, side) => size * side, 1)
      // Whole numbers: every order of addition gives the same.
      const values = Float32Array.from({ length }, (_, i) => ((i * 7) % 11) - 5)
      return new ort.Tensor('float32', values, [...shape])
    }
    const { z } = await session.run({ x: ramp(x.shape), kernel: ramp(kernel.shape) })
    return z?.data as Float32Array
  } finally {
    await session.release()
  }
}

async function tryBlocks(): Promise<number | undefined> {
  const expected = await convolve(undefined)
  for (const block of [16, 8]) {
    const found = await convolve(block).catch(() => new Float32Array())
    if (expected.every((value, place) => value === found[place])) return block
  }
  return undefined
}

let known: Promise<number | undefined> | null = null

/**
 * How many channels ONNX Runtime's convolutions over blocks of channels put side by side here: 16 with
 * AVX-512, else 8 on x86-64. They are no part of ONNX and stand in no document, so their answer is
 * compared with the standard operator's, and undefined says to do without. Other processors are not
 * tried: where ONNX Runtime has no such kernels, a call to them is not safe.
 */
export function findBlock(hooks: RunHooks): Promise<number | undefined> {
  if (process.arch !== 'x64') return Promise.resolve(undefined)
  known ??= (async () => {
    hooks.beforeRun?.()
    try {
      return await tryBlocks()
    } catch {
      // Standard operators remain: what is wrong with the runtime itself, the first model will say.
      return undefined
    } finally {
      hooks.afterRun?.()
    }
  })()
  return known
}
