import { describe, expect, test } from 'vitest'
import { uniform } from '../../../core/random/index.ts'
import { scatterRows } from '../../../core/tape/functions.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import { TRIALS, experiment } from '../tape/experiment.ts'
import { interpret } from '../tape/interpreter.ts'
import { largestGap, runLowered } from './run-lowered.ts'

/** Of a tensor's largest number. A handful of roundings to float32, of 6e-8 each. */
const FLOAT32 = 2e-6

describe('every op in ONNX Runtime', () => {
  for (const trial of TRIALS) {
    test(`${trial.title} and its gradients give what they mean, on 1 and 2 threads`, async () => {
      // The cost itself is a sum of parts that cancel: its digits are not its rule's to keep.
      const { z, gradients, feeds } = experiment(trial)
      const outputs = [z, ...gradients]

      const [one, two] = [
        await runLowered(outputs, feeds, { threads: 1 }),
        await runLowered(outputs, feeds, { threads: 2 }),
      ]

      const meant = interpret(outputs, feeds)
      expect(largestGap(one, meant)).toBeLessThan(FLOAT32)
      expect(largestGap(two, meant)).toBeLessThan(FLOAT32)
    })
  }
})

describe('rows that are added where equal ids say', () => {
  test.each([
    ['a small table', 16],
    ['a large table', 2000],
  ])('come out the same each time, into %s at 2 threads', async (_, count) => {
    const [rows, width] = [256, 32]
    const tape = new GradientTape()
    const table = scatterRows(
      tape.input('rows', [rows, width]),
      tape.input('ids', [rows], 'int'),
      count,
    )
    const feeds = new Map([
      ['rows', Float64Array.from({ length: rows * width }, (__, i) => uniform(3, 0, i))],
      ['ids', Float64Array.from({ length: rows }, (__, i) => Math.floor(12 * uniform(3, 1, i)))],
    ])

    const runs = []
    for (let run = 0; run < 8; run++) {
      runs.push(await runLowered([table], feeds, { threads: 2 }))
    }

    const [first = []] = runs
    expect(largestGap(first, interpret([table], feeds))).toBeLessThan(FLOAT32)
    for (const again of runs) expect(again).toEqual(first)
  })
})
