import { setImmediate } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import { settle } from '../../errors.ts'
import type { StudyEvent } from '../../protocol/study.ts'
import { openForWriting } from '../../store/open.ts'
import { stopRuns } from '../handshake.ts'
import type { TaskOf } from '../worker-task.ts'
import { Slot } from './slot.ts'
import { serveStudy } from './study-api.ts'
import { Study } from './study.ts'
import { Teller } from './teller.ts'

/** Opens a study for care and serves it until it is closed. The host holds its lock. */
export async function liveStudy(task: TaskOf<'study'>, port: MessagePort): Promise<void> {
  const { file, migrationsDir, samplesDir } = task
  const workerUrl = new URL(task.workerUrl)
  // Where this thread breaks, those of its trials end with it, and none may do so inside a run.
  process.once('exit', () => task.trialGates.forEach(stopRuns))
  let tell: (event: StudyEvent) => void = () => {}
  const opened = await settle(
    () =>
      new Study({
        name: task.study,
        db: openForWriting(file, { migrationsDir, kind: 'study' }),
        slots: task.trialGates
          .slice(0, task.parallel)
          .map((gate) => new Slot({ workerUrl, gate, file, migrationsDir, samplesDir })),
        memoryBytes: task.memoryBytes,
        tell: (event) => tell(event),
      }),
  )
  if (!opened.ok) return void port.postMessage(opened)
  const teller = new Teller(
    serveStudy(opened.value, {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', listener),
    }),
  )
  tell = (event) => teller.hear(event)
  port.postMessage({ ok: true })
  await opened.value.ended
  teller.flush()
  await setImmediate() // the last reply goes out first
  port.close()
}
