import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatAgo,
  formatCost,
  formatCount,
  formatDelta,
  formatPercent,
  formatSetting,
  parseNumber,
} from '../../renderer/ui/format.ts'

describe('numbers as the window writes them', () => {
  test('counts are grouped by narrow spaces', () => {
    expect(formatCount(999)).toBe('999')
    expect(formatCount(1_184_210)).toBe('1\u202f184\u202f210')
  })

  test('costs keep three digits, and what is not finite is said', () => {
    expect(formatCost(2.3026)).toBe('2.303')
    expect(formatCost(0.04567)).toBe('0.0457')
    expect(formatCost(0.000123)).toBe('1.23e−4')
    expect(formatCost(null)).toBe('—')
    expect(formatCost(Number.NaN)).toBe('NaN')
    expect(formatCost(Number.POSITIVE_INFINITY)).toBe('∞')
    expect(formatDelta(-0.0912)).toBe('−0.0912')
    expect(formatDelta(0.5)).toBe('+0.500')
    expect(formatPercent(0.9412)).toBe('94.1 %')
  })

  test('a setting reads back as itself, to six digits', () => {
    const setting = fc.double({ min: 1e-12, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(setting, (value) => {
        const back = parseNumber(formatSetting(value))
        expect(Math.abs(back / value - 1)).toBeLessThanOrEqual(5.1e-6)
      }),
    )
    expect(formatSetting(1e-8)).toBe('1e-8')
    expect(formatSetting(0.001)).toBe('0.001')
    expect(formatSetting(3e-4)).toBe('3e-4')
    expect(formatSetting(0)).toBe('0')
  })

  test('an empty field and a word are no numbers', () => {
    expect(parseNumber('')).toBeNaN()
    expect(parseNumber('fast')).toBeNaN()
    expect(parseNumber('1,5')).toBeNaN()
    expect(parseNumber(' 3e-4 ')).toBe(3e-4)
  })

  test('times are told as a person would', () => {
    const now = Date.UTC(2026, 0, 10)
    expect(formatAgo(now - 5_000, now)).toBe('just now')
    expect(formatAgo(now - 3 * 60_000, now)).toBe('3 min ago')
    expect(formatAgo(now - 11 * 3_600_000, now)).toBe('11 h ago')
    expect(formatAgo(now - 26 * 3_600_000, now)).toBe('yesterday')
    expect(formatAgo(now + 5_000, now)).toBe('just now')
  })
})
