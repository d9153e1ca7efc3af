import { corrupt } from './failures.ts'

/** JSON that reads back as it was: NaN and infinities, which JSON would turn into null, are refused. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => {
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new Error(`${key} is ${part}, which JSON cannot hold`)
    }
    return part
  })

export function fromJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw corrupt(file, 'it holds JSON that cannot be read', error)
  }
}
