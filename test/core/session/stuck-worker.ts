/** A job's thread that is inside a pass for ever, and dies there once it is asked to stop. */
import { parentPort, workerData } from 'node:worker_threads'

const [STOP, INSIDE] = [0, 1]
const words = new Int32Array((workerData as { gate: SharedArrayBuffer }).gate)
Atomics.store(words, INSIDE, 1)
parentPort?.postMessage({ type: 'progress', progress: {} })
setInterval(() => {
  if (Atomics.load(words, STOP) === 1) process.exit(1)
}, 1)
