/** Entry of a session's worker thread: one run, one engine, one writer. */
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { settle } from '../errors.ts'
import type { RunEvent } from '../protocol/run.ts'
import { doJob } from './do-job.ts'
import { createRunGate } from './handshake.ts'
import type { JobMessage } from './jobs.ts'
import { openSession } from './open-session.ts'
import { serveSession } from './session-api.ts'
import { liveStudy } from './study/live-study.ts'
import { serveTrials } from './study/serve-trials.ts'
import { workerTask } from './worker-task.ts'

const port = parentPort
if (port === null) throw new Error('this file is the entry of a worker thread')

yieldToOthers()
const task = workerTask.parse(workerData)
const gate = createRunGate(task.gate)

if (task.task === 'study') {
  await liveStudy(task, port)
} else if (task.task === 'trial') {
  serveTrials(task, gate, port)
} else if (task.task !== 'session') {
  const post = (message: JobMessage) => port.postMessage(message)
  const result = await settle(() =>
    doJob(task, gate, (progress) => post({ type: 'progress', progress })),
  )
  post({ type: 'result', result })
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

/**
 * Training uses every core, and the window's thread needs one of them now and then, at once. On Linux a
 * priority belongs to a thread, and those that ONNX Runtime starts inherit this one's; elsewhere it would
 * be the whole process's, window included.
 */
function yieldToOthers(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // A sandbox without the call: training works all the same, the window is a little less smooth.
  }
}
