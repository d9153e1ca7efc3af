import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cellAfterKey,
  cellWords,
  classRows,
  sortedRows,
  topConfusions,
  worstShare,
} from '../../../renderer/examine/confusion.ts'

const NARROW = '\u202f'
const CONFUSION = [
  [90, 10, 0],
  [12, 1_188, 0],
  [0, 0, 0],
]
const NAMES = ['cat', 'dog', '\n']

describe('the words of a cell', () => {
  test('say how many of a class were taken for another', () => {
    const words = cellWords(CONFUSION, NAMES, { actual: 1, predicted: 0 })

    expect(words).toBe(`dog taken for cat: 12 of 1${NARROW}200, 1.0 %`)
  })

  test('say how many were found on the diagonal', () => {
    expect(cellWords(CONFUSION, NAMES, { actual: 0, predicted: 0 })).toBe(
      'cat found: 90 of 100, 90.0 %',
    )
  })

  test('have no share for a class without examples, and name a character that cannot be seen', () => {
    expect(cellWords(CONFUSION, NAMES, { actual: 2, predicted: 0 })).toBe(
      'line end taken for cat: 0 of 0, —',
    )
  })
})

describe('keys in the matrix', () => {
  const middle = { actual: 4, predicted: 5 }

  test.each([
    ['ArrowUp', { actual: 3, predicted: 5 }],
    ['ArrowDown', { actual: 5, predicted: 5 }],
    ['ArrowLeft', { actual: 4, predicted: 4 }],
    ['ArrowRight', { actual: 4, predicted: 6 }],
    ['Home', { actual: 4, predicted: 0 }],
    ['End', { actual: 4, predicted: 9 }],
  ])('%s moves by its name', (key, expected) => {
    expect(cellAfterKey(middle, { key }, 10)).toEqual(expected)
  })

  test('Home and End with Ctrl go to the corners', () => {
    expect(cellAfterKey(middle, { key: 'Home', ctrlKey: true }, 10)).toEqual({
      actual: 0,
      predicted: 0,
    })
    expect(cellAfterKey(middle, { key: 'End', ctrlKey: true }, 10)).toEqual({
      actual: 9,
      predicted: 9,
    })
  })

  test('other keys are left to others', () => {
    expect(cellAfterKey(middle, { key: 'a' }, 10)).toBeNull()
  })

  test('no way of pressing keys leaves the matrix', () => {
    const keys = fc.constantFrom('ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(keys), (classes, pressed) => {
        let cell = { actual: 0, predicted: 0 }
        for (const key of pressed) cell = cellAfterKey(cell, { key }, classes) ?? cell

        expect(cell.actual).toBeGreaterThanOrEqual(0)
        expect(cell.predicted).toBeGreaterThanOrEqual(0)
        expect(Math.max(cell.actual, cell.predicted)).toBeLessThan(classes)
      }),
    )
  })
})

test('the most frequent confusions come first, and what is right is not among them', () => {
  expect(topConfusions(CONFUSION, 5)).toEqual([
    { actual: 1, predicted: 0 },
    { actual: 0, predicted: 1 },
  ])
  expect(topConfusions(CONFUSION, 1)).toHaveLength(1)
})

test('the worst share is that of the class that suffers most, not of the largest count', () => {
  expect(worstShare(CONFUSION)).toBeCloseTo(0.1)
})

describe('the classes', () => {
  const rows = classRows([
    { class: 'b', precision: 0.5, recall: 1, count: 4 },
    { class: 'a', precision: null, recall: 0, count: 9 },
    { class: 'c', precision: 0, recall: 0, count: 4 },
  ])

  test('have the harmonic mean of precision and recall as F1, and none without both', () => {
    expect(rows.map(({ f1 }) => f1)).toEqual([2 / 3, null, 0])
  })

  test('sort by a column with equal ones in the order of the data', () => {
    const names = (isDescending: boolean) =>
      sortedRows(rows, 'count', isDescending).map((row) => row.class)

    expect(names(false)).toEqual(['b', 'c', 'a'])
    expect(names(true)).toEqual(['a', 'b', 'c'])
  })

  test('without a value stand last, whichever way round', () => {
    const last = (isDescending: boolean) =>
      sortedRows(rows, 'precision', isDescending).at(-1)?.class

    expect(last(false)).toBe('a')
    expect(last(true)).toBe('a')
  })

  test('sorted by class keep the order of the data', () => {
    expect(sortedRows(rows, 'class', false).map((row) => row.class)).toEqual(['b', 'a', 'c'])
  })
})
