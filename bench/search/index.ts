import type { Table } from '../table.ts'
import { benchFunctions } from './functions-bench.ts'
import { benchDigits, benchParallel } from './trials-bench.ts'

/** What searches are worth: on functions, on the digits, and two trials at once. */
export const benchSearch = async (): Promise<readonly Table[]> => [
  ...benchFunctions(),
  await benchDigits(),
  await benchParallel(),
]
