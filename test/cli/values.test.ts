import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAmount, parseChanges, parseCount, parseNumber } from '../../cli/values.ts'
import { nearest } from '../../core/nearest.ts'
import { HYPERPARAMETER_NAMES } from '../../core/protocol/hyperparameters.ts'

describe('numbers', () => {
  test('every finite number reads back as it was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(String(value))).toBe(Number(String(value)))
      }),
    )
  })

  test.each(['', ' ', 'abc', '1,5', '0x10', 'NaN', 'Infinity', '1e999', '1 ', '--1', '1e', '.'])(
    '%j is no number',
    (text) => {
      expect(parseNumber(text)).toBeNull()
    },
  )

  test.each(['-1', '1.5', '', 'x', '1e300', '9007199254740993000'])(
    'a count is never %j',
    (text) => {
      expect(() => parseCount('--steps', text, 0)).toThrow('--steps must be a whole number')
    },
  )
})

describe('amounts', () => {
  const none = { steps: undefined, epochs: undefined, days: undefined }

  test('each unit is understood; none means until stopped', () => {
    expect(parseAmount(none)).toBeNull()
    expect(parseAmount({ ...none, steps: '100' })).toEqual({ steps: 100 })
    expect(parseAmount({ ...none, epochs: '0.5' })).toEqual({ epochs: 0.5 })
    expect(parseAmount({ ...none, days: '2' })).toEqual({ days: 2 })
  })

  test('two units at once are refused', () => {
    expect(() => parseAmount({ ...none, steps: '1', days: '1' })).toThrow('only one of')
  })

  test.each([{ steps: '0' }, { steps: '1.5' }, { epochs: '0' }, { epochs: '-1' }, { days: '0' }])(
    '%j is refused',
    (amount) => {
      expect(() => parseAmount({ ...none, ...amount })).toThrow(/must be/)
    },
  )
})

describe('changes', () => {
  test('several changes are read together', () => {
    expect(parseChanges(['learning_rate=3e-4', 'momentum=.95'])).toEqual({
      learning_rate: 3e-4,
      momentum: 0.95,
    })
  })

  test('every hyperparameter and value survives the way through its text', () => {
    const name = fc.constantFrom(...HYPERPARAMETER_NAMES)
    fc.assert(
      fc.property(name, fc.double({ noNaN: true, noDefaultInfinity: true }), (knob, value) => {
        expect(parseChanges([`${knob}=${value}`])).toEqual({ [knob]: Number(String(value)) })
      }),
    )
  })

  test.each([
    ['learning_rate', '"learning_rate" is not a change'],
    ['=1', '"=1" is not a change'],
    ['learning_rate=', 'learning_rate must be a finite number, not ""'],
    ['learning_rate=abc', 'not "abc"'],
    ['learning_rate=NaN', 'not "NaN"'],
    ['learning_rate=1=2', 'not "1=2"'],
    ['learnign_rate=1', 'there is no hyperparameter "learnign_rate"'],
    ['toString=1', 'there is no hyperparameter "toString"'],
  ])('%s is refused', (assignment, message) => {
    expect(() => parseChanges([assignment])).toThrow(message)
  })

  test('a hyperparameter that is given twice is refused', () => {
    expect(() => parseChanges(['l2=0', 'l2=1'])).toThrow('l2 is given twice')
  })
})

describe('the nearest name', () => {
  test('a name with one letter left out, added or swapped is recognised', () => {
    const long = HYPERPARAMETER_NAMES.filter((name) => name.length > 3)
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), (name, at) => {
        const i = at % (name.length - 1)
        const swapped = `${name.slice(0, i)}${name[i + 1]}${name[i]}${name.slice(i + 2)}`

        expect(nearest(name.slice(0, i) + name.slice(i + 1), [name])).toBe(name)
        expect(nearest(`${name.slice(0, i)}z${name.slice(i)}`, [name])).toBe(name)
        expect(nearest(swapped, [name])).toBe(name)
      }),
    )
  })

  test('of several, the closest wins; a stranger resembles none', () => {
    expect(nearest('beta3', ['momentum', 'beta1'])).toBe('beta1')
    expect(nearest('learning-rate', ['l2', 'learning_rate'])).toBe('learning_rate')
    expect(nearest('zzz', [...HYPERPARAMETER_NAMES])).toBeNull()
  })
})
