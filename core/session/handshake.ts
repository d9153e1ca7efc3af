import { setTimeout } from 'node:timers/promises'

/**
 * Ending a thread while ONNX Runtime computes aborts the whole process (onnxruntime-node 1.30). Two
 * shared words prevent it: the worker marks when it is inside a run and parks before the next one when
 * asked to stop; whoever is about to end the process asks, and waits for the mark to clear.
 */
const STOP = 0
const INSIDE = 1

export interface RunGate {
  readonly beforeRun: () => void
  readonly afterRun: () => void
}

export const createGateMemory = (): SharedArrayBuffer => new SharedArrayBuffer(8)

/** The worker's side. */
export function createRunGate(memory: SharedArrayBuffer): RunGate {
  const words = new Int32Array(memory)
  return {
    beforeRun() {
      Atomics.store(words, INSIDE, 1)
      if (Atomics.load(words, STOP) === 0) return
      Atomics.store(words, INSIDE, 0)
      Atomics.notify(words, INSIDE)
      Atomics.wait(words, STOP, 1) // for ever: the process is on its way out
    },
    afterRun() {
      Atomics.store(words, INSIDE, 0)
      Atomics.notify(words, INSIDE)
    },
  }
}

/** Longer than any step that is still worth waiting for at the end of a process. */
const LONGEST_STEP_MS = 30_000

/** The other side: returns once no run is in flight and none will start. */
export function stopRuns(memory: SharedArrayBuffer): void {
  const words = new Int32Array(memory)
  Atomics.store(words, STOP, 1)
  while (Atomics.load(words, INSIDE) === 1) {
    if (Atomics.wait(words, INSIDE, 1, LONGEST_STEP_MS) === 'timed-out') return
  }
}

/** The thread has ended. One that broke inside a run could not clear its mark, which nobody is to wait for. */
export function endRuns(memory: SharedArrayBuffer): void {
  const words = new Int32Array(memory)
  Atomics.store(words, INSIDE, 0)
  Atomics.notify(words, INSIDE)
}

const ASK_AGAIN_MS = 5

/**
 * The same for a thread that is given up while others go on: waits without blocking this one. A thread that
 * died inside a run never clears its mark: once `ended` settles, nothing is waited for.
 */
export async function runsStopped(
  memory: SharedArrayBuffer,
  ended: Promise<unknown>,
): Promise<void> {
  const words = new Int32Array(memory)
  let isOver = false
  void ended.then(() => (isOver = true))
  Atomics.store(words, STOP, 1)
  while (!isOver && Atomics.load(words, INSIDE) === 1) await setTimeout(ASK_AGAIN_MS)
}
