/** Opens the study `s` and ends the process, without a word to anyone, while its trials compute. */
import { wordsOf } from '../../../../core/protocol/study.ts'
import { createHost } from '../../../../core/session/host.ts'

const [folder = '', migrationsDir = ''] = process.argv.slice(2)
const host = createHost({
  dataDir: folder,
  samplesDir: folder,
  migrationsDir,
  workerUrl: new URL('../../../../core/session/worker.ts', import.meta.url),
})
host.on('study:event', ({ event }) => {
  if (wordsOf(event).some(({ type }) => type === 'metrics')) process.exit(7)
})
await host.handlers['study:resume']('s')
