import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createHost } from '../../../core/session/host.ts'
import { PLACES, newBench } from './harness.ts'

describe('predicting with a run', () => {
  test('gives each example a class and shares that add up to one', async () => {
    const { create, train, host, folder } = newBench()
    await create('r')
    await train('r', { epochs: 5 })
    writeFileSync(path.join(folder, 'new.csv'), 'x,y\n0,1\n2,0\n')
    const rows = [
      [0, 1],
      [2, 0],
    ]

    const byRows = await host.handlers['run:predict']('r', { data: { rows } })
    const byFile = await host.handlers['run:predict']('r', {
      data: { csv: 'new.csv' },
      base: folder,
    })

    expect(byRows).toEqual(byFile)
    if (byRows.kind !== 'classes') throw new Error(byRows.kind)
    expect(byRows.predictions).toHaveLength(2)
    for (const { class: name, probability, probabilities } of byRows.predictions) {
      expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 6)
      expect(probability).toBe(Math.max(...probabilities))
      expect(name).toBe(byRows.classNames[probabilities.indexOf(probability)])
    }
  })

  test.each([
    ['needs none of the data', 'DELETE FROM dataset_chunks'],
    [
      'looks at the data where the file is from before its scale was kept',
      "UPDATE run SET facts = json_remove(facts, '$.normalisation')",
    ],
  ])('%s', async (_what, change) => {
    const { create, train, host, folder, close } = newBench()
    await create('r')
    await train('r', { epochs: 5 })
    const request = { data: { rows: [[0, 1]] } }
    const before = await host.handlers['run:predict']('r', request)
    await close()
    const db = new Database(path.join(folder, 'r.panda'))
    const { changes } = db.prepare(change).run()
    db.close()

    const later = createHost({ dataDir: folder, ...PLACES })
    const after = await later.handlers['run:predict']('r', request)
    await later.close()

    expect(changes).toBe(1)
    // A run that rests is asked for its newest checkpoint, one that is open for what it holds.
    expect({ ...after, checkpoint: null }).toEqual({ ...before, checkpoint: null })
  })

  test('agrees with the accuracy that an evaluation tells', async () => {
    const { create, train, host, folder } = newBench()
    await create('r')
    await train('r', { epochs: 10 })
    const [, ...lines] = readFileSync(path.join(folder, 'rings.csv'), 'utf8').split('\n')
    const data = { csv: 'rings.csv' } // its label column is there, and is not read

    const evaluated = await host.handlers['run:evaluate']('r', { data, base: folder })
    const predicted = await host.handlers['run:predict']('r', { data, base: folder })

    if (predicted.kind !== 'classes') throw new Error(predicted.kind)
    const right = predicted.predictions.filter(
      (one, row) => one.class === lines[row]?.split(',')[2],
    )
    expect(right.length / lines.length).toBeCloseTo(evaluated.accuracy ?? NaN, 12)
  })

  test('of a single output gives the shares of both classes', async () => {
    const { create, host } = newBench()
    const layers = [{ type: 'dense', units: 1 }]
    await create('r', { loss: 'binary_cross_entropy', network: { layers } })

    const reply = await host.handlers['run:predict']('r', { data: { rows: [[1, 2]] } })

    if (reply.kind !== 'classes') throw new Error(reply.kind)
    const [only] = reply.predictions
    expect(only?.probabilities).toHaveLength(2)
    expect(only?.probability).toBeGreaterThanOrEqual(0.5)
  })

  test.each([
    ['the wrong number of values', { rows: [[1, 2, 3]] }, 'data/bad-value'],
    ['a text', { text: 'x', length: 5, temperature: 1, seed: 1 }, 'protocol/bad-request'],
    ['a file that is not there', { csv: 'gone.csv' }, 'data/unreadable'],
  ])('refuses %s', async (_, data, code) => {
    const { create, host, folder } = newBench()
    await create('r')

    await expect(host.handlers['run:predict']('r', { data, base: folder })).rejects.toMatchObject({
      code,
    })
  })
})
