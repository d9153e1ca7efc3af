import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchablePaths } from '../../../core/search/defaults.ts'
import type { Dimension, SearchSpace } from '../../../core/protocol/space.ts'
import digits from '../../../examples/digits.json'
import { followConditions, withKind, withRow } from '../../../renderer/search/space/edit-rows.ts'
import { readNumber, writeNumber } from '../../../renderer/search/space/number-text.ts'
import {
  locateRefusal,
  readRows,
  rowOf,
  rowsOf,
} from '../../../renderer/search/space/space-rows.ts'
import type { SpaceRow } from '../../../renderer/search/space/space-rows.ts'

const ALPHA = 'hyperparameters.learning_rate'
const alpha = (part: Partial<SpaceRow> = {}): SpaceRow => ({
  ...rowOf(ALPHA, { type: 'real', low: 1e-5, high: 1 }),
  ...part,
})
const faultsOf = (...rows: readonly SpaceRow[]) =>
  readRows(rows).faults.map(({ message }) => message)

describe('numbers as people type them', () => {
  test.each([
    ['0.00001', 1e-5],
    ['1e-5', 1e-5],
    ['10^-5', 1e-5],
    ['10⁻⁵', 1e-5],
    ['3·10^-4', 3e-4],
    ['−2', -2],
    ['10 000', 10_000],
    [' .5 ', 0.5],
  ])('%s is read', (text, value) => {
    expect(readNumber(text)).toBe(value)
  })

  test.each(['', 'abc', '1e', '0x10', '1/3', 'NaN', 'Infinity', '10^'])('%s is none', (text) => {
    expect(readNumber(text)).toBeNull()
  })

  test('what a field shows is read back to the last bit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(writeNumber(value))).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

describe('rows of a space', () => {
  test('a space becomes rows and the same space again, in its order', () => {
    const space: SearchSpace = {
      optimizer: { type: 'choice', values: ['adam', 'momentum'] },
      [ALPHA]: { type: 'real', low: 1e-5, high: 1, scale: 'logarithmic' },
      'hyperparameters.momentum': {
        type: 'real',
        low: 0.5,
        high: 0.999,
        when: { optimizer: ['momentum'] },
      },
      'network.layers.0.units': { type: 'integer', low: 16, high: 256 },
    }

    const read = readRows(rowsOf(space))

    expect(read).toEqual({ space, faults: [] })
    expect(Object.keys(read.space)).toEqual(Object.keys(space))
  })

  test.each<[string, Partial<SpaceRow>, RegExp]>([
    ['text that is no number', { low: 'abc' }, /^“abc” is not a number/],
    ['an end that is missing', { high: ' ' }, /^The highest value is missing/],
    ['an inverted range', { low: '1', high: '0.1' }, /inverted range 1 to 0\.1.*Low must be below/],
    ['an empty range', { low: '1' }, /empty range 1 to 1/],
    ['a logarithm through 0', { low: '0', scale: 'logarithmic' }, /reaches through zero/],
    ['1 − β up to 1', { low: '0.5', scale: 'one-minus' }, /up to 1.*End below 1/],
    ['half of a whole number', { type: 'integer', low: '1.5', high: '4' }, /not a whole number/],
    ['a choice of nothing', { type: 'choice' }, /has no values/],
    ['a condition on what is not searched', { when: { optimizer: ['adam'] } }, /not searched/],
  ])('%s is named at its row', (_, part, message) => {
    const { faults } = readRows([alpha(part), rowOf('loss2', { type: 'choice', values: [1] })])

    expect(faults).toHaveLength(1)
    expect(faults[0]?.path).toBe(ALPHA)
    expect(faults[0]?.message).toMatch(message)
  })

  test('what is half typed keeps its text', () => {
    const row = alpha({ low: '1e-' })

    expect(readRows([row]).space).toEqual({})
    expect(row.low).toBe('1e-')
  })

  test('conditions in a ring are told', () => {
    const choice = (path: string, other: string): SpaceRow =>
      rowOf(path, { type: 'choice', values: [1, 2], when: { [other]: [1] } })

    expect(faultsOf(choice('a', 'b'), choice('b', 'a')).join()).toMatch(/depend on each other/)
  })

  test('the data cannot be searched', () => {
    const [fault] = readRows([rowOf('data.dev', { type: 'real', low: 0.1, high: 0.2 })]).faults

    expect(fault?.path).toBe('data.dev')
    expect(fault?.message).toMatch(/^Cannot be searched/)
  })

  test('no rows at all is a fault of the whole', () => {
    expect(readRows([]).faults).toMatchObject([{ path: null }])
  })

  test('what a host says of a layer finds the row of that layer', () => {
    const rows = [alpha(), rowOf('network.layers.0.units', { type: 'integer', low: 1, high: 2 })]
    const error = { message: '"network.layers[0].units" must be at least 1, not 0', remedy: null }

    expect(locateRefusal(error, rows).path).toBe('network.layers.0.units')
    expect(locateRefusal({ message: 'the disk is full', remedy: null }, rows).path).toBeNull()
  })

  test('any rows give a space that can be searched, or a fault', () => {
    const text = fc.oneof(fc.constantFrom('', '0', '1', '1e-3', 'x', '2.5'), fc.string())
    const row = fc.record({
      path: fc.constantFrom(ALPHA, 'a', 'b', 'data.dev'),
      type: fc.constantFrom('real', 'integer', 'choice'),
      low: text,
      high: text,
      values: fc.array(fc.oneof(fc.integer(), fc.boolean(), fc.string()), { maxLength: 3 }),
      scale: fc.constantFrom(null, 'linear', 'logarithmic', 'one-minus'),
      when: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(fc.integer(), { maxLength: 2 })),
    })
    const rows = fc.uniqueArray(row, { selector: ({ path }) => path, maxLength: 4 })
    fc.assert(
      fc.property(rows, (given) => {
        const { space, faults } = readRows(given as readonly SpaceRow[])
        if (faults.length > 0) return
        expect(Object.keys(space).toSorted()).toEqual(given.map(({ path }) => path).toSorted())
        expect(readRows(rowsOf(space)).faults).toEqual([])
      }),
    )
  })
})

describe('editing rows', () => {
  test('a range becomes a choice of its ends and its middle, and comes back as it was', () => {
    const row = alpha({ low: '0.001', high: '0.1', scale: 'logarithmic' })

    const choice = withKind(row, 'choice')

    expect(choice.values).toEqual([0.001, 0.01, 0.1])
    expect(withKind(choice, 'real')).toMatchObject({ low: '0.001', high: '0.1' })
  })

  test('what only some optimizers have is asked for with those, as they come and go', () => {
    const beta = 'hyperparameters.beta1'
    const searchable = (space: SearchSpace) => searchablePaths(digits, { space })
    const choice = (...values: string[]): Dimension => ({ type: 'choice', values })
    const none = searchable({})
    const one = searchable({ optimizer: choice('adam', 'momentum') })
    const two = searchable({ optimizer: choice('adam', 'adamw', 'momentum') })
    const start = none.filter(({ path }) => path === beta).reduce(withRow, [])

    const first = followConditions(start, none, one)
    const second = followConditions(first, one, two)
    const back = followConditions(second, two, none)

    expect(first[0]?.when).toEqual({ optimizer: ['adam'] })
    expect(new Set(second[0]?.when['optimizer'])).toEqual(new Set(['adam', 'adamw']))
    expect(back[0]?.when).toEqual({})
  })

  test('a condition that was set by hand stays', () => {
    const beta = { ...rowOf('hyperparameters.beta1', { type: 'real', low: 0, high: 0.9 }) }
    const mine = { ...beta, when: { schedule: ['cosine'] } }
    const before = searchablePaths(digits)
    const after = searchablePaths(digits, {
      space: { optimizer: { type: 'choice', values: ['adam', 'momentum'] } },
    })

    expect(followConditions([mine], before, after)).toEqual([mine])
  })
})
