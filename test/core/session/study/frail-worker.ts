/** The worker, but a thread that is given a trial of 5 units breaks. */
import { parentPort, workerData } from 'node:worker_threads'

await import('../../../../core/session/worker.ts')

interface Raise {
  readonly type?: string
  readonly stretch?: { readonly config: unknown }
}

const { task } = workerData as { readonly task: string }
if (task === 'trial') {
  parentPort?.on('message', ({ type, stretch }: Raise) => {
    if (type === 'raise' && JSON.stringify(stretch?.config).includes('"units":5')) {
      throw new Error('a loose wire')
    }
  })
}
