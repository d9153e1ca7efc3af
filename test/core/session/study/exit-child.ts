/** Opens the study `s` and ends the process, without a word to anyone, while its trials compute. */
import { createStudies } from '../../../../core/session/study/studies.ts'

const [folder = '', migrationsDir = ''] = process.argv.slice(2)
const studies = createStudies({
  dataDir: folder,
  samplesDir: folder,
  migrationsDir,
  workerUrl: new URL('../../../../core/session/worker.ts', import.meta.url),
})
const live = await studies.open('s', {
  onEvent: (event) => {
    if (event.type === 'metrics') process.exit(7)
  },
})
await live.call('resume')
