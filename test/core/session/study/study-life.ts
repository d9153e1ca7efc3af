/**
 * One life of the study `s`, to be cut short at any moment and taken up again: runs it to its end. Prints
 * each trial that has ended. Arguments: its folder, and where the migrations are.
 */
import { createHost } from '../../../../core/session/host.ts'

const [folder = '', migrationsDir = ''] = process.argv.slice(2)
const host = createHost({
  dataDir: folder,
  samplesDir: folder,
  migrationsDir,
  workerUrl: new URL('../mortal-worker.ts', import.meta.url),
})
const over = new Promise<void>((resolve) => {
  host.on('study:event', ({ event }) => {
    if (event.type === 'trial-changed' && event.trial.state === 'done') {
      const { trial, cost, value } = event.trial
      process.stdout.write(`${JSON.stringify({ trial, cost, value })}\n`)
    }
    if (event.type === 'study-state' && event.state === 'done') resolve()
  })
})
await host.handlers['study:resume']('s')
await over
await host.close()
