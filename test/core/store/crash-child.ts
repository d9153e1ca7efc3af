import { writeSync } from 'node:fs'
import { insertCheckpoint } from '../../../core/store/checkpoints.ts'
import { appendJournal } from '../../../core/store/journal.ts'
import { acquireLock } from '../../../core/store/lock.ts'
import { appendMetrics } from '../../../core/store/metrics.ts'
import { openForWriting } from '../../../core/store/open.ts'

// A writer that is going to be killed: it says on stdout what it has acknowledged, and goes on for ever.
const [file = '', migrationsDir = '', job = ''] = process.argv.slice(2)

const say = (line: string) => void writeSync(1, `${line}\n`)

if (job === 'lock') {
  say(acquireLock(file) === null ? 'refused' : 'locked')
  setInterval(() => {}, 1000)
} else {
  const db = openForWriting(file, { migrationsDir })
  for (let step = 1; ; step++) {
    const payload = new Uint8Array(3 * 2 ** 20).fill(step)
    appendMetrics(db, 'b1', 'cost', { steps: [step], values: [step] })
    const { checkpoint } = insertCheckpoint(db, {
      branch: 'b1',
      step,
      kind: 'timer',
      createdAt: 1,
      cost: null,
      devCost: null,
      devAccuracy: null,
      parametersSha256: 'a'.repeat(64),
      meta: { step },
      payload,
    })
    say(`checkpoint ${checkpoint} ${step}`)
    const entry = appendJournal(db, { at: 1, branch: 'b1', step, kind: 'note', text: `${step}` })
    say(`journal ${entry.id} ${step}`)
  }
}
