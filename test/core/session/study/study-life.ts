/**
 * One life of the study `s`, to be cut short at any moment and taken up again: runs it to its end. Prints
 * each trial that has ended. Arguments: its folder, and where the migrations are.
 */
import { createStudies } from '../../../../core/session/study/studies.ts'

const [folder = '', migrationsDir = ''] = process.argv.slice(2)
const studies = createStudies({
  dataDir: folder,
  samplesDir: folder,
  migrationsDir,
  workerUrl: new URL('../mortal-worker.ts', import.meta.url),
})
const over = new Promise<void>((resolve) => {
  void studies
    .open('s', {
      onEvent: (event) => {
        if (event.type === 'trial-changed' && event.trial.state === 'done') {
          const { trial, cost, value } = event.trial
          process.stdout.write(`${JSON.stringify({ trial, cost, value })}\n`)
        }
        if (event.type === 'study-state' && event.state === 'done') resolve()
      },
    })
    .then((live) => live.call('resume'))
})
await over
await studies.close()
