import type { z } from 'zod'

/** One call: what it takes (checked at the door) and, for the compiler alone, what it answers. */
export interface CallRow<Args extends readonly unknown[], Reply> {
  readonly args: z.ZodType<Args>
  readonly reply?: Reply
}

export const call =
  <Reply>() =>
  <Args extends readonly unknown[]>(args: z.ZodType<Args>): CallRow<Args, Reply> => ({ args })
