/**
 * One life of a run, to be cut short at any moment and taken up again: trains, nudges twice, rolls back
 * and trains on. Where it stands it reads from the run itself. Prints what was acknowledged.
 * Arguments: the folder of the run `r`, and where the migrations are.
 */
import type { RunEvent } from '../../../core/protocol/run.ts'
import { createHost } from '../../../core/session/host.ts'

const [folder = '', migrationsDir = ''] = process.argv.slice(2)
const host = createHost({
  dataDir: folder,
  samplesDir: folder,
  migrationsDir,
  workerUrl: new URL('./mortal-worker.ts', import.meta.url),
})
const { handlers } = host
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

async function trainTo(step: number): Promise<void> {
  const { step: now } = await handlers['run:show']('r')
  if (now >= step) return
  const still = new Promise<RunEvent>((resolve) => {
    host.on('run:event', ({ event }) => {
      // A timer's checkpoints are thinned; all others are there for good.
      if (event.type === 'checkpoint' && event.checkpoint.kind !== 'timer') {
        say({ checkpoint: event.checkpoint.checkpoint })
      }
      const stands = event.type === 'state' && ['paused', 'failed'].includes(event.state.kind)
      // Recovery stands still too, but before the first of the steps that were asked for.
      if (stands && event.step >= step) resolve(event)
      if (event.type === 'state' && event.state.kind === 'failed') {
        throw new Error(event.state.error.message)
      }
    })
  })
  await handlers['run:train']('r', { steps: step - now })
  await still
}

for (;;) {
  const { journal } = await handlers['run:show']('r')
  const nudges = journal.filter(({ kind }) => kind === 'nudge').length
  const rollbacks = journal.filter(({ kind }) => kind === 'rollback').length
  if (rollbacks === 1) break
  if (nudges === 0) {
    await trainTo(12)
    say({ nudge: await handlers['run:nudge']('r', { learning_rate: 0.02 }) })
  } else if (nudges === 1) {
    await trainTo(24)
    say({ nudge: await handlers['run:nudge']('r', { batch_size: 24, beta1: 0.8 }, { steps: 8 }) })
  } else {
    await trainTo(36)
    say({ rollback: await handlers['run:rollback']('r', '3', { knobs: 'then' }) })
  }
}
await trainTo(48)
const { parametersSha256, step } = await handlers['run:show']('r')
say({ end: parametersSha256, step })
await host.close()
