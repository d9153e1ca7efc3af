import type { MessagePort } from 'node:worker_threads'
import type { Dataset } from '../../data/dataset.ts'
import { restoreDataset } from '../../data/stored.ts'
import { createEngine } from '../../engine/engine.ts'
import { toWireError } from '../../errors.ts'
import type { RunConfig } from '../../protocol/config.ts'
import { readDataset } from '../../store/dataset.ts'
import type { ReadableDb } from '../../store/db.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { factsOfData, startingKnobs } from '../create-run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import type { RunGate } from '../handshake.ts'
import { Learner } from '../learner.ts'
import { START } from '../position.ts'
import { prepareFor } from '../run-data.ts'
import { restore } from '../saved-state.ts'
import type { Standing } from '../saved-state.ts'
import type { TaskOf } from '../worker-task.ts'
import { raise } from './raise-trial.ts'
import { isAsked } from './trial-messages.ts'
import type { FromTrial, Stretch, ToTrial } from './trial-messages.ts'
import { stateOf } from './trial-plan.ts'
import { NO_RAMPS } from '../ramps.ts'

/** The data of the last stretch: most trials of a study share them. */
interface Prepared {
  readonly key: string
  readonly dataset: Dataset
}

/** Raises stretches of trials, one after the other, until told to close. Reads the study, never writes it. */
export function serveTrials(task: TaskOf<'trial'>, gate: RunGate, port: MessagePort): void {
  let prepared: Prepared | null = null
  const post = (message: FromTrial) => port.postMessage(message)

  async function serve(stretch: Stretch): Promise<void> {
    const { config } = stretch
    const found = await open(stretch)
    const dataset = found.dataset
    const spec = engineSpecOf(config, factsOfData(dataset))
    const engine = await createEngine({ ...spec, threads: 1 }, gate)
    // Told last: whoever hears it may raise the next stretch here at once, or end this thread.
    let end: FromTrial | null = null
    try {
      const knobs = startingKnobs(config, dataset.train.count)
      const state =
        found.standing === null
          ? { position: START, knobs, ramps: NO_RAMPS, engine: engine.exportState() }
          : stateOf(found.standing, stretch.branch, knobs)
      const learner = new Learner(engine, dataset, config, state)
      await raise({
        learner,
        config,
        until: stretch.until,
        trainedMs: found.standing?.calendar.trainedMs ?? 0,
        engine: { threads: 1, description: engine.description },
        cost: found.standing?.cost ?? null,
        evaluation: found.standing?.evaluation ?? null,
        isAsked: () => isAsked(task.asked),
        post: (message) => {
          if (message.type === 'ended') end = message
          else post(message)
        },
      })
    } finally {
      await engine.dispose()
    }
    if (end !== null) post(end)
  }

  async function open({ config, checkpoint }: Stretch): Promise<{
    dataset: Dataset
    standing: Standing | null
  }> {
    const db = openForReading(task.file, { migrationsDir: task.migrationsDir, kind: 'study' })
    try {
      const key = keyOf(config)
      if (prepared?.key !== key) {
        prepared = { key, dataset: prepareFor(await read(db, config), config) }
      }
      const standing = checkpoint && restore(db, checkpoint).standing
      return { dataset: prepared.dataset, standing }
    } finally {
      closeRun(db)
    }
  }

  const read = (db: ReadableDb, { data, loss }: RunConfig) =>
    restoreDataset(readDataset(db), data, loss, task.samplesDir).catch((error: unknown) => {
      throw new NoData(error)
    })

  port.on('message', (message: ToTrial) => {
    if (message.type === 'close') port.close()
    else serve(message.stretch).catch((error) => post(failureOf(error)))
  })
}

/** The data of all trials can't be read: no fault of the one that found out. */
class NoData extends Error {
  constructor(cause: unknown) {
    super('no data', { cause })
  }
}

const failureOf = (error: unknown): FromTrial =>
  error instanceof NoData
    ? { type: 'failed', of: 'data', error: toWireError(error.cause) }
    : { type: 'failed', of: 'trial', error: toWireError(error) }

const keyOf = ({ data, seed, loss }: RunConfig) => JSON.stringify({ data, seed, loss })
