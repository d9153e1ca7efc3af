/** Entry of a session's worker thread: one run, one engine, one writer. */
import { parentPort, workerData } from 'node:worker_threads'
import { settle } from '../errors.ts'
import type { RunEvent } from '../protocol/run.ts'
import { createRun } from './create-run.ts'
import { createRunGate } from './handshake.ts'
import { openSession } from './open-session.ts'
import { serveSession } from './session-api.ts'
import { workerTask } from './worker-task.ts'

const port = parentPort
if (port === null) throw new Error('this file is the entry of a worker thread')

const task = workerTask.parse(workerData)
const gate = createRunGate(task.gate)

if (task.task === 'create') {
  port.postMessage(await settle(() => createRun({ ...task, gate })))
} else {
  // Events that precede the connection wait: opening says something only once it is served.
  let tell: (event: RunEvent) => void = () => {}
  const opened = await settle(() => openSession({ ...task, gate, tell: (event) => tell(event) }))
  if (opened.ok) {
    tell = serveSession(opened.value, {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', listener),
    })
    port.postMessage({ ok: true })
    await opened.value.live()
    port.close()
  } else {
    port.postMessage(opened)
  }
}
