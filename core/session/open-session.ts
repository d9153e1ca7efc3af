import { setImmediate } from 'node:timers/promises'
import { createEngine } from '../engine/engine.ts'
import type { RunEvent } from '../protocol/run.ts'
import { openForWriting } from '../store/open.ts'
import { readRun, setEngine } from '../store/run.ts'
import { engineSpecOf } from './engine-spec.ts'
import type { Equipment } from './equipment.ts'
import { findStanding } from './find-standing.ts'
import type { RunGate } from './handshake.ts'
import { completed, valueOf } from './knobs.ts'
import { Ledger } from './ledger.ts'
import type { Clock } from './ledger.ts'
import { loadPrepared } from './run-data.ts'
import { Session } from './session.ts'
import { factsOf } from './snapshot.ts'
import { threadsFor } from './threads.ts'
import { Trainer } from './trainer.ts'

const systemClock: Clock = { now: () => performance.now(), wall: () => Date.now() }

export interface OpenSessionOptions {
  readonly run: string
  readonly file: string
  readonly migrationsDir: string
  readonly samplesDir: string
  readonly gate: RunGate
  readonly tell: (event: RunEvent) => void
  readonly clock?: Clock
}

/** Opens a run for care. The caller holds its lock. Throws `store/*` where the file is not good. */
export function openSession(options: OpenSessionOptions): Session {
  const { run, file, migrationsDir, gate, tell, clock = systemClock } = options
  const db = openForWriting(file, { migrationsDir })
  const row = readRun(db)
  const facts = factsOf(row, run, file)
  const found = findStanding(db, row.head.branch)
  const isNew = found.recordedStep === 0
  const trainer = new Trainer(
    facts,
    new Ledger({ db, clock, tell }),
    found.standing,
    isNew ? { kind: 'idle' } : { kind: 'paused', reason: 'resting' },
  )
  return new Session({ trainer, found, equip, breathe: () => setImmediate() })

  async function equip(): Promise<Equipment> {
    const { config } = facts
    const dataset = await loadPrepared(db, config, options.samplesDir)
    const spec = engineSpecOf(config, row.facts)
    const known = readRun(db).engine
    // The thread count decides the bits of a step, so it belongs to the run from its first start: on a
    // machine with fewer cores it stays as it is.
    const threads = known?.threads ?? config.threads ?? (await choose())
    const createTwin = () => createEngine({ ...spec, threads }, gate)
    const engine = await createTwin()
    const engineFacts = { threads, description: engine.description }
    if (known?.description !== engine.description) {
      const entry = trainer.commit(() => {
        setEngine(db, engineFacts)
        const { description } = engineFacts
        return known === null
          ? trainer.journal({ kind: 'started', threads, engine: description })
          : null
      })
      if (entry !== null) trainer.say({ type: 'journaled', entry })
    }
    return { engine, engineFacts, dataset, createTwin }

    function choose(): Promise<number> {
      trainer.move({ type: 'preparing', what: 'choosing the number of threads' })
      const batchSize = valueOf(completed(trainer.knobs, config), 'batch_size')
      return threadsFor(spec, dataset, batchSize, gate)
    }
  }
}
