import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { loadPrepared } from './run-data.ts'
import { createEngine } from '../engine/engine.ts'
import type { RunEvent } from '../protocol/run.ts'
import { openForWriting } from '../store/open.ts'
import { readRun, setEngine } from '../store/run.ts'
import type { RunGate } from './handshake.ts'
import { findStanding } from './find-standing.ts'
import { Ledger } from './ledger.ts'
import type { Clock } from './ledger.ts'
import { Session } from './session.ts'
import { factsOf } from './snapshot.ts'
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

  async function equip() {
    // The thread count decides the bits of a step, so it belongs to the run from its first start.
    const threads = row.engine?.threads ?? facts.config.threads ?? availableParallelism()
    const create = () =>
      createEngine(
        {
          network: facts.config.network,
          loss: facts.config.loss,
          optimizer: facts.config.optimizer,
          features: facts.features,
          classes: facts.classes,
          seed: facts.config.seed,
          threads,
        },
        gate,
      )
    const engine = await create()
    const dataset = await loadPrepared(db, facts.config, options.samplesDir)
    if (row.engine?.description !== engine.description) {
      const entry = trainer.commit(() => {
        setEngine(db, { threads, description: engine.description })
        return trainer.journal({ kind: 'started', threads, engine: engine.description })
      })
      trainer.say({ type: 'journaled', entry })
    }
    return { engine, dataset, createTwin: create }
  }
}
