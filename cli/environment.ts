import type { CallHandlers, Feed, Feeds } from '../core/protocol/contract.ts'
import type { Uploads } from '../core/session/uploads.ts'

/** The host as the commands use it. The real one is core/session/host.ts. */
export interface CliHost {
  readonly handlers: CallHandlers
  on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void): () => void
  close(): Promise<void>
  isTraining(): boolean
  readonly uploads: Uploads
}

/** Why a command that keeps running should end: a signal, or nobody reads its output any more. */
export type StopCause = 'signal' | 'output-closed'

interface Sink {
  write(text: string): void
}

/** Everything the command line touches, passed in by cli/main.ts and by tests. */
export interface Environment {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Whether stdout is a terminal, where one line may be rewritten. */
  readonly isTty: boolean
  readonly columns: () => number
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly workingDir: string
  readonly defaultDataDir: string
  readonly version: string
  readonly now: () => number
  readonly createHost: (dataDir: string) => CliHost
  readonly startServer: (
    host: CliHost,
    options: { readonly port: number },
  ) => Promise<{ readonly url: string; close(): Promise<void> }>
  readonly openInBrowser: (url: string) => Promise<void>
  /** From the first listener on, signals no longer end the process. Returns how to stop listening. */
  readonly onStop: (listener: (cause: StopCause) => void) => () => void
}
