import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

describe('exporting a run', () => {
  test.each(['onnx', 'safetensors'] as const)('writes a whole %s file, once', async (format) => {
    const { create, train, host, folder } = newBench()
    await create('r')
    await train('r', { steps: 3 })
    const request = { format, file: `model.${format}`, base: folder, overwrite: false }

    const reply = await host.handlers['run:export']('r', request)
    const again = host.handlers['run:export']('r', request)

    await expect(again).rejects.toMatchObject({ code: 'session/file-exists' })
    const replaced = await host.handlers['run:export']('r', { ...request, overwrite: true })
    expect(reply).toMatchObject({ file: path.join(folder, `model.${format}`), step: 3 })
    expect(readFileSync(reply.file)).toHaveLength(reply.bytes)
    expect(replaced.bytes).toBe(reply.bytes)
    const beside = readdirSync(folder).filter((name) => !name.startsWith('r.panda'))
    expect(beside.toSorted()).toEqual([`model.${format}`, 'rings.csv'])
  })

  test('never replaces a run, and says where a folder is missing', async () => {
    const { create, host, folder } = newBench()
    await create('r')
    const request = { format: 'onnx', base: folder, overwrite: true } as const

    await expect(
      host.handlers['run:export']('r', { ...request, file: 'r.panda' }),
    ).rejects.toMatchObject({ code: 'session/file-exists' })
    await expect(
      host.handlers['run:export']('r', { ...request, file: 'gone/model.onnx' }),
    ).rejects.toMatchObject({ code: 'session/unwritable' })
  })
})
