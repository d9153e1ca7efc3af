import { expect, test } from 'vitest'
import { Jobs } from '../../../core/session/jobs.ts'
import { PLACES } from './harness.ts'

test('a job’s thread that dies in the middle of a pass does not keep Panda from closing', async () => {
  let begin: () => void = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const jobs = new Jobs(new URL('./stuck-worker.ts', import.meta.url), begin)
  const { samplesDir, migrationsDir } = PLACES
  const asked = jobs.run<'run:inputs'>({ task: 'run:inputs', file: 'r', samplesDir, migrationsDir })
  const refused = expect(asked).rejects.toMatchObject({ code: 'session/closed' })

  await begun
  await jobs.close()

  await refused
})
