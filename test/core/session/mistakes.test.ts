import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Mistake } from '../../../core/protocol/examine.ts'
import { idxBytes } from '../data/places.ts'
import { newBench } from './harness.ts'

/** How far along its order each mistake costs: worst first, none dearer than the one before. */
const isWorstFirst = (mistakes: readonly Mistake[]): boolean =>
  mistakes.every(({ cost }, at) => cost <= (mistakes[at - 1]?.cost ?? Infinity))

describe('the worst mistakes', () => {
  test('of classes are those taken for another, worst first, with the values of the file', async () => {
    const { create, train, host, folder } = newBench()
    await create('r', { data: { csv: 'rings.csv', label: 'ring', normalise: 'feature' } })
    await train('r', { steps: 2 })
    const known = new Set(readFileSync(path.join(folder, 'rings.csv'), 'utf8').split('\n').slice(1))

    const reply = await host.handlers['run:evaluate']('r', { on: 'train', mistakes: 500 })
    const { mistakes: few } = await host.handlers['run:evaluate']('r', { on: 'train', mistakes: 3 })

    const mistakes = reply.mistakes ?? []
    const wrong = Math.round((reply.error ?? NaN) * reply.examples)
    expect(wrong).toBeGreaterThan(3)
    expect(mistakes).toHaveLength(wrong)
    expect(isWorstFirst(mistakes)).toBe(true)
    expect(few).toEqual(mistakes.slice(0, 3))
    for (const { actual, predicted, probability, cost, features } of mistakes) {
      const values = [...features].map((value) => value.toFixed(5))
      expect(predicted).not.toBe(actual)
      expect(cost).toBeCloseTo(-Math.log(1 - (probability ?? NaN)), 4) // two classes
      expect(known).toContain([...values, actual].join())
    }
  })

  test('of a single output for two classes are judged by the class that it means', async () => {
    const { create, train, host } = newBench()
    await create('r', {
      loss: 'binary_cross_entropy',
      network: { layers: [{ type: 'dense', units: 1 }] },
    })
    await train('r', { steps: 2 })

    const { mistakes, error, examples } = await host.handlers['run:evaluate']('r', {
      mistakes: 500,
    })

    expect(mistakes).toHaveLength(Math.round((error ?? NaN) * examples))
    expect(mistakes?.length).toBeGreaterThan(0)
    for (const { actual, predicted, probability, cost } of mistakes ?? []) {
      expect([actual, predicted].toSorted()).toEqual(['0', '1'])
      expect(probability).toBeGreaterThanOrEqual(0.5)
      expect(cost).toBeCloseTo(-Math.log(1 - (probability ?? NaN)), 4)
    }
  })

  test('of a regression are those furthest off, by their squared error', async () => {
    const { create, train, host, folder } = newBench()
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i / 10},${i === 7 || i === 50 ? 900 : i / 5}`,
    )
    writeFileSync(path.join(folder, 'line.csv'), ['x,price', ...rows].join('\n'))
    await create('r', {
      data: { csv: 'line.csv', label: 'price' },
      network: { layers: [{ type: 'dense', units: 1 }] },
      loss: 'mean_squared_error',
    })
    await train('r', { steps: 3 })

    const reply = await host.handlers['run:evaluate']('r', {
      data: { csv: 'line.csv' },
      base: folder,
      mistakes: 500,
    })

    const mistakes = reply.mistakes ?? []
    const squares = mistakes.reduce((sum, { cost }) => sum + cost, 0)
    const xs = mistakes.slice(0, 2).map(({ features }) => features[0]?.toFixed(3))
    expect(mistakes).toHaveLength(60) // none of them is right to the bit
    expect(isWorstFirst(mistakes)).toBe(true)
    expect(mistakes.slice(0, 2).map(({ actual }) => actual)).toEqual(['900', '900'])
    expect(xs.toSorted()).toEqual(['0.700', '5.000'])
    expect(mistakes.every(({ probability }) => probability === null)).toBe(true)
    expect(Math.sqrt(squares / 60)).toBeCloseTo(reply.rmse ?? NaN, 3)
  })

  test('are none where nobody asks, and null of a text', async () => {
    const { create, host, folder } = newBench()
    writeFileSync(path.join(folder, 'abc.txt'), 'abc '.repeat(50))
    await create('rings')
    await create('text', {
      data: { text: 'abc.txt', context: 4 },
      network: {
        layers: [
          { type: 'embedding', units: 4 },
          { type: 'dense', units: 4 },
        ],
      },
    })

    const rings = await host.handlers['run:evaluate']('rings', {})
    const text = await host.handlers['run:evaluate']('text', { mistakes: 5 })

    expect([rings.mistakes, text.mistakes]).toEqual([[], null])
  })
})

describe('what one example looks like', () => {
  test('of a table has the names of its columns, and values as in the file', async () => {
    const { create, host, folder } = newBench()
    await create('r', { data: { csv: 'rings.csv', label: 'ring', normalise: 'feature' } })
    const rows = new Set(readFileSync(path.join(folder, 'rings.csv'), 'utf8').split('\n').slice(1))

    const inputs = await host.handlers['run:inputs']('r')

    expect(inputs).toMatchObject({
      kind: 'table',
      shape: [2],
      featureNames: ['x', 'y'],
      classNames: ['0', '1'],
      targetName: null,
    })
    expect(inputs.examples).toHaveLength(24)
    for (const { features, label } of inputs.examples) {
      const [x = NaN, y = NaN] = features
      expect(rows).toContain(`${x.toFixed(5)},${y.toFixed(5)},${label}`)
    }
  })

  test('of images has their shape, with pixels from 0 to 1', async () => {
    const { create, host, folder } = newBench()
    const pixels = Uint8Array.from({ length: 40 * 9 }, (_, at) => (at * 37) % 256)
    writeFileSync(path.join(folder, 'i'), idxBytes([40, 3, 3], pixels))
    writeFileSync(
      path.join(folder, 'l'),
      idxBytes(
        [40],
        new Uint8Array(40).map((_, i) => i % 2),
      ),
    )
    await create('r', {
      data: { idx: { images: 'i', labels: 'l' }, normalise: 'feature' },
      network: { layers: [{ type: 'flatten' }, { type: 'dense', units: 2 }] },
    })
    const known = new Set(
      Array.from({ length: 40 }, (_, i) => [...pixels.subarray(i * 9, i * 9 + 9), i % 2].join()),
    )

    const { examples, ...inputs } = await host.handlers['run:inputs']('r')

    const bytes = examples.map(({ features, label }) =>
      [...features.map((value) => Math.round(value * 255)), label].join(),
    )
    expect(inputs).toMatchObject({ kind: 'image', shape: [3, 3], featureNames: null })
    expect(examples).toHaveLength(8)
    for (const one of bytes) expect(known).toContain(one)
  })

  test('of a regression names what is predicted; of a text there are none', async () => {
    const { create, host, folder } = newBench()
    writeFileSync(path.join(folder, 'abc.txt'), 'abc '.repeat(50))
    await create('number', {
      network: { layers: [{ type: 'dense', units: 1 }] },
      loss: 'mean_squared_error',
    })
    await create('text', {
      data: { text: 'abc.txt', context: 4 },
      network: {
        layers: [
          { type: 'embedding', units: 4 },
          { type: 'dense', units: 4 },
        ],
      },
    })

    const number = await host.handlers['run:inputs']('number')
    const text = await host.handlers['run:inputs']('text')

    expect(number).toMatchObject({ kind: 'table', classNames: null, targetName: 'ring' })
    expect(text).toMatchObject({ kind: 'text', examples: [], classNames: [' ', 'a', 'b', 'c'] })
  })
})
