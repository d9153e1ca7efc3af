/** The worker, but the first thread that is given a trial of 5 units breaks once that trial has saved something. */
import { existsSync, writeFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

await import('../../../../core/session/worker.ts')

interface Raise {
  readonly type?: string
  readonly stretch?: { readonly config: unknown }
}

function fail(): never {
  throw new Error('a loose wire')
}

const { task, file } = workerData as { readonly task: string; readonly file: string }
const port = parentPort
if (task === 'trial' && port !== null) {
  const mark = `${file}.broke`
  const post = port.postMessage.bind(port)
  let isFrail = false
  port.on('message', ({ type, stretch }: Raise) => {
    if (type === 'raise') isFrail = JSON.stringify(stretch?.config).includes('"units":5')
  })
  port.postMessage = (message: { type?: string }) => {
    post(message)
    if (!isFrail || message.type !== 'saved' || existsSync(mark)) return
    writeFileSync(mark, '')
    setImmediate(fail) // not within the trial, who would tell of it
  }
}
