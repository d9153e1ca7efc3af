import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatError } from '../../cli/output/errors.ts'
import { toJson } from '../../cli/output/json.ts'
import {
  formatBytes,
  formatCost,
  formatDuration,
  formatMilliseconds,
} from '../../cli/output/numbers.ts'
import { formatName, formatTable } from '../../cli/output/table.ts'
import { goalOf, remainingMs } from '../../cli/train/goal.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { config, snapshot } from './fake-host.ts'

describe('numbers for people', () => {
  test('a cost never differs from its text by more than its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (cost) => {
        expect(Math.abs(Number(formatCost(cost)) - cost)).toBeLessThanOrEqual(cost * 6e-4)
      }),
    )
  })

  test.each([
    [null, '–'],
    [0, '0'],
    [0.123456, '0.1235'],
    [1.5e-7, '1.5e-7'],
    [1e-7, '1e-7'],
    [Number.NaN, 'NaN'],
  ])('a cost of %s is written %s', (cost, text) => {
    expect(formatCost(cost)).toBe(text)
  })

  test.each([
    [0, '0s'],
    [59_400, '59s'],
    [61_000, '1m 01s'],
    [3_600_000, '1h 00m'],
    [100 * 3_600_000, '4d 04h'],
  ])('%i ms are written %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  test('bytes are written in the unit that fits', () => {
    expect([999, 1500, 2_822_000, 3e9].map(formatBytes)).toEqual([
      '999 B',
      '1.5 kB',
      '2.8 MB',
      '3.0 GB',
    ])
  })
})

test.each([
  [0.0321, '0.0321 ms'],
  [12.345, '12.3 ms'],
  [999, '999 ms'],
  [1500, '1.50 s'],
])('a step of %d ms takes %s', (ms, text) => {
  expect(formatMilliseconds(ms)).toBe(text)
})

describe('tables', () => {
  test.each([
    ['cat', 'cat'],
    ['sea lion', 'sea lion'],
    ['é', 'é'],
    ['', '""'],
    [' ', '" "'],
    ['cat ', '"cat "'],
    ['\n', '"\\n"'],
    ['a\u001b[2J', '"a\\u001b[2J"'],
    ['a\u009b2J', '"a\\u{9b}2J"'],
  ])('the name %j stands in a cell as %s', (name, shown) => {
    expect(formatName(name)).toBe(shown)
  })

  test('no name breaks its line or moves the cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(formatName(name)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  test('columns line up whatever is in them', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((s) => `x${s.trim()}x`)
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const table = formatTable(
          [
            { title: 'a', text: ([a]) => a },
            { title: 'b', align: 'right', text: ([, b]) => b },
          ],
          rows,
        )

        const lines = table.split('\n').slice(1)
        expect(new Set(lines.map((line) => line.length)).size).toBe(1)
      }),
    )
  })
})

describe('JSON', () => {
  test('every finite number survives, and the others become words', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const back = JSON.parse(toJson({ value })) as { value: unknown }

        if (Number.isFinite(value)) expect(back.value).toBe(value === 0 ? 0 : value)
        else expect(back.value).toBe(String(value))
      }),
    )
  })
})

describe('errors', () => {
  test.each(ERROR_CODES.filter((code) => code !== 'internal'))(
    '%s reads as what happened and what to do',
    (code) => {
      const error = { code, message: 'it went wrong', remedy: 'Do this' }

      expect(formatError(error)).toBe('panda: it went wrong. Do this.')
      expect(formatError({ ...error, remedy: null })).toBe('panda: it went wrong.')
    },
  )

  test('punctuation is not doubled', () => {
    const error = { code: 'cli/usage', message: 'what?', remedy: 'This!' } as const

    expect(formatError(error)).toBe('panda: what? This!')
  })
})

describe('the time left', () => {
  const at = { step: 225, epoch: 1.5, stepsPerSecond: 100, batchSize: 80, trainExamples: 8000 }

  test('follows from steps, from epochs, from days, and is open without an amount', () => {
    const start = snapshot()
    const minutes = { ...start.facts, config: { ...config, day: { minutes: 2 } } }

    expect(remainingMs(goalOf(start, { steps: 200 }, 0), at, 0)).toBe(1000)
    expect(remainingMs(goalOf(start, { epochs: 1 }, 0), at, 0)).toBe(500)
    expect(remainingMs(goalOf(start, { days: 1 }, 0), at, 0)).toBe(500) // a day is an epoch here
    expect(remainingMs(goalOf({ ...start, facts: minutes }, { days: 2 }, 0), at, 60_000)).toBe(
      180_000,
    )
    expect(remainingMs(goalOf(start, null, 0), at, 0)).toBeNull()
  })

  test('is unknown while nothing moves', () => {
    const still = { ...at, stepsPerSecond: 0 }

    expect(remainingMs(goalOf(snapshot(), { steps: 200 }, 0), still, 0)).toBeNull()
  })
})
