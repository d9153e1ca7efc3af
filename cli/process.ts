import type { Environment, StopCause } from './environment.ts'

/** Under nohup, where nothing is a terminal, a hang-up must go on being ignored; a listener would end that. */
const signalsOf = (isInTerminal: boolean): readonly NodeJS.Signals[] =>
  isInTerminal ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM']

/** The parts of the environment that are this process: its outputs and its signals. */
export function processEnvironment(): Pick<
  Environment,
  'stdout' | 'stderr' | 'isTty' | 'columns' | 'onStop'
> {
  const listeners = new Set<(cause: StopCause) => void>()
  const tell = (cause: StopCause): void => {
    for (const listener of listeners) listener(cause)
  }
  let isListening = false
  const onSignal = (): void => {
    if (listeners.size === 0) process.stderr.write('panda: still saving; it ends by itself\n')
    tell('signal')
  }

  // A reader that goes away (`panda train d | head`) is an end, not a crash: the run is saved first.
  let outputClosed = false
  const sinkOf = (stream: NodeJS.WriteStream) => {
    stream.on('error', () => {
      if (stream === process.stdout) outputClosed = true
      tell('output-closed')
    })
    return { write: (text: string) => void (stream.destroyed || stream.write(text)) }
  }

  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    isTty: process.stdout.isTTY === true,
    columns: () => process.stdout.columns || 80,
    onStop(listener) {
      // Never taken off again: after the command's own part the host is still closing its files.
      if (!isListening) {
        isListening = true
        const inTerminal = process.stdin.isTTY === true || process.stdout.isTTY === true
        for (const signal of signalsOf(inTerminal)) process.on(signal, onSignal)
      }
      listeners.add(listener)
      if (outputClosed) listener('output-closed')
      return () => void listeners.delete(listener)
    },
  }
}
