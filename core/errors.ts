/** Every way Panda can say no. The part before the slash names the module that says it. */
export const ERROR_CODES = [
  'internal',
  'config/invalid',
  'config/unreadable',
  'data/unreadable',
  'data/bad-value',
  'data/changed',
  'engine/invalid-model',
  'engine/failed',
  'store/not-a-run',
  'store/not-a-study',
  'store/newer-version',
  'store/corrupt',
  'store/disk-full',
  'store/read-only',
  'store/exists',
  'store/unreadable',
  'store/missing-checkpoint',
  'session/no-such-run',
  'session/no-such-study',
  'session/ambiguous-run',
  'session/locked',
  'session/unknown-hyperparameter',
  'session/invalid-value',
  'session/no-such-target',
  'session/nothing-to-undo',
  'session/not-possible-now',
  'session/file-exists',
  'session/unwritable',
  'session/closed',
  'session/no-trash',
  'settings/unreadable',
  'protocol/bad-request',
  'protocol/disconnected',
  'cli/usage',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** An error that a person can act on. `message` says what happened; `remedy` says what to do next. */
export class PandaError extends Error {
  readonly code: ErrorCode
  readonly remedy: string | null

  constructor(code: ErrorCode, message: string, remedy: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'PandaError'
    this.code = code
    this.remedy = remedy
  }
}

/** An error as it crosses a thread or process: plain data, because Electron keeps only `message`. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string | null
}

export type WireResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError }

export function toWireError(error: unknown): WireError {
  if (error instanceof PandaError) {
    return { code: error.code, message: error.message, remedy: error.remedy }
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    remedy: null,
  }
}

export function fromWireError(error: WireError): PandaError {
  return new PandaError(error.code, error.message, error.remedy)
}

/** Runs `work` and turns its outcome, good or bad, into plain data. Never throws. */
export async function settle<T>(work: () => T | Promise<T>): Promise<WireResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: toWireError(error) }
  }
}

/** The value of a result, or its error thrown again. */
export function unwrap<T>(result: WireResult<T>): T {
  if (result.ok) return result.value
  throw fromWireError(result.error)
}

/** Closes a `switch` over a union: a forgotten case is a build error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}
