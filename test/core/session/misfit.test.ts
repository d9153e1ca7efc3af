import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { SMALL, newBench } from './harness.ts'

const dense = (units: number) => ({ type: 'dense', units })
const TEXT = { data: { text: 'text.txt', context: 8 } }

describe('a network that does not fit its data is refused before anything is written', () => {
  test.each<[string, object, string]>([
    [
      'two numbers for one',
      { network: { layers: [dense(2)] }, loss: 'mean_squared_error' },
      'the last layer answers 2 numbers, but the data has 1 to aim at',
    ],
    [
      'one answer for every place of a text',
      {
        ...TEXT,
        network: { layers: [{ type: 'embedding', units: 4 }, { type: 'flatten' }, dense(5)] },
      },
      'the network answers each example once, but the data has 8 answers to it',
    ],
    [
      'attention that sees the next character',
      {
        ...TEXT,
        network: {
          layers: [
            { type: 'embedding', units: 4 },
            { type: 'residual', layers: [{ type: 'attention', heads: 2 }] },
            dense(5),
          ],
        },
      },
      'attention: would see the characters that it is to predict',
    ],
    [
      'a wrong number of classes',
      { network: { layers: [dense(3)] } },
      'layer 1, dense: must have 2 units, not 3',
    ],
    [
      'a convolution of a table',
      { network: { layers: [{ type: 'conv', filters: 2, kernel: 3 }, dense(2)] } },
      'layer 1, conv: takes images, not rows of 2 numbers',
    ],
  ])('%s', async (_, settings, message) => {
    const { host, folder } = newBench()
    writeFileSync(path.join(folder, 'text.txt'), 'abcde'.repeat(100))
    const before = readdirSync(folder)
    const config = { ...SMALL, ...settings }
    const refusal = {
      code: 'engine/invalid-model',
      message: expect.stringContaining(message) as string,
    }

    await expect(
      host.handlers['runs:create']({ config, name: 'r', base: folder }),
    ).rejects.toMatchObject(refusal)
    await expect(host.handlers['run:preflight']({ config, base: folder })).rejects.toMatchObject(
      refusal,
    )
    expect(readdirSync(folder)).toEqual(before)
  })
})
