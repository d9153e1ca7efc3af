import { PandaError, toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

/** `panda: what happened. what to do.` */
export function formatError(error: WireError): string {
  const bug = error.code === 'internal'
  const message = bug ? `something went wrong inside: ${error.message}` : error.message
  const remedy = error.remedy ?? (bug ? 'This is a bug in Panda: please report it.' : null)
  const whole = remedy === null ? sentence(message) : `${sentence(message)} ${sentence(remedy)}`
  return `panda: ${whole}`
}

/** How an error ends a command: its line for stderr and its exit code. */
export function failureOf(error: unknown): { readonly line: string; readonly exitCode: number } {
  const wire = toWireError(error)
  const usage = error instanceof PandaError && error.code === 'cli/usage'
  return { line: formatError(wire), exitCode: usage ? 2 : 1 }
}
