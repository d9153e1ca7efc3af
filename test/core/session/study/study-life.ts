/**
 * One life of the study `s`, to be cut short at any moment and taken up again: runs it to its end. Prints
 * each trial that has ended. Arguments: its folder, and where the migrations are.
 */
import { wordsOf } from '../../../../core/protocol/study.ts'
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
    for (const word of wordsOf(event)) {
      if (word.type !== 'trial-changed' || word.trial.state !== 'done') continue
      const { trial, cost, value } = word.trial
      process.stdout.write(`${JSON.stringify({ trial, cost, value })}\n`)
    }
    if (event.type === 'study-state' && event.state === 'done') resolve()
  })
})
await host.handlers['study:resume']('s')
// One that was done before it could be killed has nothing to say.
if ((await host.handlers['study:show']('s')).state !== 'done') await over
await host.close()
