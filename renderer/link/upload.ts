import { ERROR_CODES, PandaError } from '../../core/errors.ts'
import type { ErrorCode } from '../../core/errors.ts'

export interface UploadOptions {
  /** Told how much of the file has left, from 0 to 1. */
  readonly onProgress?: (share: number) => void
  /** Aborting it ends the upload; what was sent is thrown away. */
  readonly signal?: AbortSignal
}

/** Where a file lies that was sent, on the machine that trains. */
export interface UploadedFile {
  readonly path: string
  readonly bytes: number
}

/** The host's own words, where it gave some: `{code, message, remedy}`, bare or under `error`. */
function errorIn(body: unknown): PandaError | null {
  if (typeof body !== 'object' || body === null) return null
  const { error = body } = body as { readonly error?: unknown }
  if (typeof error !== 'object' || error === null) return null
  const { code, message, remedy } = error as Readonly<Record<string, unknown>>
  if (typeof message !== 'string') return null
  const known: ErrorCode = ERROR_CODES.find((one) => one === code) ?? 'protocol/bad-request'
  return new PandaError(known, message, typeof remedy === 'string' ? remedy : null)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null // a proxy's page, or nothing: the status says enough
  }
}

function refusal(name: string, status: number, text: string): PandaError {
  const told = errorIn(parsed(text))
  if (told !== null) return told
  if (status === 413) {
    return new PandaError(
      'protocol/bad-request',
      `the file ${name} is too large to send`,
      'Copy it to the machine that trains, and give its path.',
    )
  }
  if (status === 401 || status === 403) {
    return new PandaError(
      'protocol/disconnected',
      'this page may not send files any more',
      'Open the address that Panda printed again.',
    )
  }
  return new PandaError(
    'protocol/bad-request',
    `the file ${name} was not taken (status ${status})`,
    'Try again, or copy it to the machine that trains and give its path.',
  )
}

/** The most that the server takes: 4 GiB. Said before a long upload rather than after it. */
const MOST_BYTES = 4 * 2 ** 30

const aborted = () => new DOMException('the upload was called off', 'AbortError')

/**
 * Sends a file to the machine that trains; answers where it lies there. Rejects with a PandaError, or with
 * an AbortError when `signal` called it off.
 */
export function uploadFile(
  file: File,
  { onProgress, signal }: UploadOptions = {},
): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(aborted())
      return
    }
    if (file.size > MOST_BYTES) {
      reject(refusal(file.name, 413, ''))
      return
    }
    // fetch tells nothing of how far a body has got.
    const request = new XMLHttpRequest()
    request.open('POST', `upload?name=${encodeURIComponent(file.name)}`)
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      if (total > 0) onProgress?.(loaded / total)
    })
    request.addEventListener('load', () => {
      const { status, responseText } = request
      const answer = status >= 200 && status < 300 ? parsed(responseText) : null
      const { path, bytes } = (answer ?? {}) as Partial<UploadedFile>
      if (typeof path === 'string') resolve({ path, bytes: Number(bytes ?? file.size) })
      else reject(refusal(file.name, status, responseText))
    })
    request.addEventListener('error', () =>
      reject(
        new PandaError(
          'protocol/disconnected',
          `the file ${file.name} did not arrive: the connection broke, or the file changed meanwhile`,
          'Check that Panda is still running, and send it again.',
        ),
      ),
    )
    request.addEventListener('abort', () => reject(aborted()))
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
