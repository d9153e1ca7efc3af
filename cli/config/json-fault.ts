import { parse } from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'

/** Where `text` stops being JSON, or null. JSON.parse itself names no position for most faults. */
export function findJsonFault(text: string): number | null {
  const errors: ParseError[] = []
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (error) {
    if (error instanceof RangeError) return 0 // nested deeper than the parser can follow
    throw error
  }
  return errors[0]?.offset ?? null
}

/** Line and column, both from 1, as editors count them. */
export function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
