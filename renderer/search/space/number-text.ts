import type { Scalar } from '../../../core/protocol/space.ts'

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const plainPower = (text: string): string =>
  text.replace(/10([⁻−]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power: string) => {
    const digits = [...power].map((one) => (/[⁻−]/.test(one) ? '-' : SUPERSCRIPTS.indexOf(one)))
    return `10^${digits.join('')}`
  })

/**
 * A number as people type it: 0.00001, 1e-5, 10^-5, 10⁻⁵, 3·10^-4, with thin spaces between thousands. Null
 * where it is none.
 */
export function readNumber(text: string): number | null {
  const plain = plainPower(text.trim().replace(/[\u202f\u2009 _]/g, '')).replaceAll('−', '-')
  if (plain === '') return null
  const power = /^(?:([-+]?[\d.]+)[·*×])?10\^\(?([-+]?\d+)\)?$/.exec(plain)
  // Written as `1e-5` it is read at once, to the nearest double; a power computed would not be.
  const value = Number(power === null ? plain : `${power[1] ?? '1'}e${power[2] ?? ''}`)
  return Number.isFinite(value) && !/^[-+]?0[xob]/i.test(plain) ? value : null
}

/** A number as it stands in a field: no digit is lost, and nothing needs counting of zeros. */
export function writeNumber(value: number): string {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value)
  return value.toExponential().replace('e+', 'e')
}

/** A value of a choice as typed: a number, true or false, else the word itself. */
export function readScalar(text: string): Scalar {
  const trimmed = text.trim()
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  return readNumber(trimmed) ?? trimmed
}

export const writeScalar = (value: Scalar): string =>
  typeof value === 'number' ? writeNumber(value) : String(value)
