import { describe, expect, test, vi } from 'vitest'
import { floatTensor, openRuntime } from '../../../core/engine/runtime.ts'
import type { Graph } from '../../../core/onnx/graph.ts'

/** −x of 40 000 numbers: enough that copying the result would be worth sparing. */
const LENGTH = 40_000
const NEGATE: Graph = {
  inputs: [{ name: 'x', type: 'float', shape: [LENGTH] }],
  outputs: [{ name: 'y', type: 'float', shape: [LENGTH] }],
  constants: [],
  nodes: [{ type: 'Neg', inputs: ['x'], outputs: ['y'], attributes: {} }],
}

async function loaded(results: 'in-place' | 'copied') {
  const runtime = await openRuntime(1, {}, { results })
  const y = new Float32Array(LENGTH)
  const model = await runtime.compile(NEGATE, { y: { values: y, shape: [LENGTH] } })
  return { model, y }
}

describe.each(['in-place', 'copied'] as const)('results that are to be %s', (results) => {
  test('are in their array after every run, whatever stood there before', async () => {
    const { model, y } = await loaded(results)

    await model.run({ x: floatTensor(new Float32Array(LENGTH).fill(3), [LENGTH]) })
    const first = [y[0], y[LENGTH - 1]]
    await model.run({ x: floatTensor(new Float32Array(LENGTH).fill(5), [LENGTH]) })
    const second = [y[0], y[LENGTH - 1]]
    await model.release()

    expect(first).toEqual([-3, -3])
    expect(second).toEqual([-5, -5])
  })

  test('of a run that fails are an error, not results', async () => {
    const { model } = await loaded(results)

    const refusal = expect.objectContaining({ code: 'engine/failed' }) as Error
    await expect(model.run({ x: floatTensor(new Float32Array(3), [3]) })).rejects.toThrow(refusal)
    await expect(model.run({})).rejects.toThrow(refusal)
    await model.release()
  })
})

test('a graph that ONNX Runtime cannot compile is an error that says so', async () => {
  const runtime = await openRuntime(1, {})
  const broken = { ...NEGATE, nodes: [{ ...NEGATE.nodes[0]!, type: 'NoSuchOp' }] }

  await expect(
    runtime.compile(broken, { y: { values: new Float32Array(LENGTH), shape: [LENGTH] } }),
  ).rejects.toThrow(
    expect.objectContaining({
      code: 'engine/failed',
      message: expect.stringContaining('compiling the network') as string,
    }) as Error,
  )
})

test('starting says each stay in native code apart, and says of all that they have ended', async () => {
  vi.resetModules() // what was tried once in a process is not tried again
  const fresh = await import('../../../core/engine/runtime.ts')
  const stays: number[] = []
  let depth = 0

  await fresh.openRuntime(1, {
    beforeRun: () => stays.push(++depth),
    afterRun: () => depth--,
  })

  expect(stays.length).toBeGreaterThan(1)
  expect(new Set(stays)).toEqual(new Set([1]))
  expect(depth).toBe(0)
})
