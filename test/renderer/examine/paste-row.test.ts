import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRow, readNumber } from '../../../renderer/examine/paste-row.ts'

const NAMES = ['width', 'height', 'age']
const cellsOf = (text: string) => {
  const row = parseRow(text, NAMES)
  return row.ok ? row.cells : row.fault
}

describe('a pasted row', () => {
  test.each([
    ['commas', '1,2.5,-3e4'],
    ['tabs', '1\t2.5\t-3e4'],
    ['semicolons', '1; 2.5; -3e4'],
    ['spaces', '  1   2.5 -3e4 '],
    ['quotes', '"1","2.5","-3e4"'],
    ['an end of line', '1,2.5,-3e4\r\n'],
  ])('is read with %s', (_, text) => {
    expect(cellsOf(text)).toEqual(['1', '2.5', '-3e4'])
  })

  test('may write decimals with a comma where something else separates', () => {
    expect(cellsOf('1,5\t2\t3,25')).toEqual(['1.5', '2', '3.25'])
  })

  test('below a header goes where the names say, in any order, without other columns', () => {
    expect(cellsOf('age,label,Width,height\n30,yes,1,2')).toEqual(['1', '2', '30'])
  })

  test('of several rows below a header is the first', () => {
    expect(cellsOf('width,height,age\n1,2,3\n4,5,6')).toEqual(['1', '2', '3'])
  })

  test('tells of each cell what is wrong with it', () => {
    const row = parseRow('1,,tall', NAMES)

    expect(row).toEqual({
      ok: true,
      cells: ['1', '', 'tall'],
      faults: [null, 'A number is missing.', 'This is not a number.'],
    })
  })

  test('refuses a number that the network cannot hold', () => {
    expect(parseRow('1,2,1e39', NAMES)).toMatchObject({
      faults: [null, null, 'This number is too large.'],
    })
  })

  test.each([
    ['1,2', 'There are 2 values; this run takes 3.'],
    ['7', 'There is 1 value; this run takes 3.'],
    ['1,2,3,4', 'There are 4 values; this run takes 3. Leave out what is to be predicted.'],
    ['  \n ', 'There is nothing in it.'],
    ['width,height,age', 'This is a header without a row below it.'],
    ['width,label\n1,2', '2 columns are missing: height, age.'],
    ['width,age\n1,2', 'The column height is missing.'],
  ])('%j is refused with the reason', (text, reason) => {
    expect(cellsOf(text)).toBe(reason)
  })

  test('gives back every row of numbers that was written', () => {
    // Text has no minus nought: adding nought makes it the plain one.
    const number = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    const numbers = fc.array(number, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(numbers, fc.constantFrom(',', '\t', ';'), (row, separator) => {
        const names = row.map((_, at) => `n${at}`)
        const parsed = parseRow(row.join(separator), names)

        expect(parsed.ok && parsed.cells.map((cell) => readNumber(cell))).toEqual(row.map(Number))
      }),
    )
  })
})
