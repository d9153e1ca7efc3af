import type { Dataset } from '../data/dataset.ts'
import type { Engine } from '../engine/engine.ts'
import { PandaError } from '../errors.ts'
import type {
  CheckpointReply,
  CheckpointSummary,
  JournalEntry,
  NudgeChanges,
  NudgeReply,
  PausedReply,
  RollbackOptions,
  RunSnapshot,
  TrainAmount,
} from '../protocol/run.ts'
import { closeRun } from '../store/open.ts'
import { Actor } from './actor.ts'
import type { FoundRun } from './find-standing.ts'
import { goBack } from './go-back.ts'
import { nudgeToUndo, previewRollback, resolveTarget } from './history.ts'
import { applyChanges, changesOf } from './knobs.ts'
import { Learner } from './learner.ts'
import { replayRecorded } from './recovery.ts'
import type { SessionCalls } from './session-api.ts'
import { describeRun } from './snapshot.ts'
import { canTrain, isUnderWay } from './state.ts'
import type { Trainer } from './trainer.ts'
import { verifyDays } from './verify.ts'

/** What a session needs to train. Made when first needed: reading and nudging a resting run needs none. */
export interface Equipment {
  readonly engine: Engine
  readonly dataset: Dataset
  /** Another engine like it, to replay with while the run stays where it is. */
  readonly createTwin: () => Promise<Engine>
}

/** How often a replay tells where it is. */
const STEPS_PER_WORD = 20

export interface SessionOptions {
  readonly trainer: Trainer
  readonly found: FoundRun
  readonly equip: () => Promise<Equipment>
  /** Lets pending messages in. */
  readonly breathe: () => Promise<void>
}

/** One run under care: takes commands between steps, in the order they came. */
export class Session implements SessionCalls {
  readonly #trainer: Trainer
  readonly #equip: () => Promise<Equipment>
  readonly #breathe: () => Promise<void>
  readonly #actor = new Actor()
  readonly #found: FoundRun
  /** The last step on record; beyond the trainer's position only after a crash. */
  #recordedStep: number
  #equipment: Equipment | null = null
  /** Asked to close: long work is broken off. */
  #closing = false
  #closed = false
  /** A replay is under way: on an engine of its own, between whose steps questions may be answered. */
  #isVerifying = false

  constructor({ trainer, found, equip, breathe }: SessionOptions) {
    this.#trainer = trainer
    this.#found = found
    this.#recordedStep = found.recordedStep
    this.#equip = equip
    this.#breathe = breathe
  }

  /** Trains and answers until closed. */
  async live(): Promise<void> {
    while (!this.#closed) {
      await this.#actor.drain()
      if (this.#closed) return
      try {
        if (this.#trainer.state.kind === 'running') await this.#trainer.advance()
        await this.#breathe() // replies go out first
        this.#trainer.tidy()
      } catch (error) {
        this.#trainer.fail(error)
      }
      if (this.#trainer.state.kind !== 'running') await this.#actor.idle()
    }
  }

  /** Waits for the step in hand; during a replay, which leaves the run alone, it does not wait. */
  snapshot(): Promise<RunSnapshot> {
    const describe = () => {
      const trainer = this.#trainer
      if (trainer.state.kind === 'running') trainer.flush()
      return describeRun(trainer.db, {
        facts: trainer.facts,
        state: trainer.state,
        branch: trainer.branch,
        step: Math.max(trainer.position.step, this.#recordedStep),
        epoch: trainer.epoch,
        calendar: trainer.calendar,
        knobs: trainer.knobs,
        cost: trainer.cost,
        evaluation: trainer.evaluation,
        stepsPerSecond: trainer.stepsPerSecond,
        parametersSha256: trainer.parametersSha256(),
      })
    }
    return this.#isVerifying ? Promise.resolve(describe()) : this.#actor.submit(describe)
  }

  train(amount: TrainAmount): Promise<PausedReply> {
    return this.#actor.submit(async () => {
      const trainer = this.#trainer
      trainer.assertUsable()
      if (!canTrain(trainer.state)) {
        throw new PandaError(
          'session/locked',
          `${trainer.facts.run} is training already`,
          `Pause it first, or watch it: panda show ${trainer.facts.run}.`,
        )
      }
      await this.#prepared()
      trainer.begin(amount)
      trainer.move({ type: 'started' })
      return this.#trainer.place
    })
  }

  pause(): Promise<PausedReply> {
    return this.#actor.submit(async () => {
      if (isUnderWay(this.#trainer.state)) await this.#trainer.pause('asked')
      return this.#trainer.place
    })
  }

  nudge(requested: NudgeChanges): Promise<NudgeReply> {
    return this.#actor.submit(async () => {
      const trainer = this.#trainer
      const { optimizer } = trainer.config
      const changes = changesOf(requested, trainer.knobs, optimizer, trainer.facts.trainExamples)
      await this.#recovered()
      const firstStep = trainer.position.step + 1
      const { entry, taken, isNew } = trainer.commit(() => {
        const checkpoint = trainer.ensureCheckpoint('nudge')
        const detail = {
          kind: 'nudge',
          changes,
          checkpoint: checkpoint.taken.checkpoint,
          firstStep,
        } as const
        return { ...checkpoint, entry: trainer.journal(detail) }
      })
      trainer.tellMetrics()
      if (isNew) trainer.announce(taken)
      trainer.takeKnobs(applyChanges(trainer.knobs, changes), entry)
      return { step: firstStep, changes, checkpoint: taken.checkpoint }
    })
  }

  checkpoint(): Promise<CheckpointReply> {
    return this.#actor.submit(async () => {
      await this.#recovered()
      return this.#replyOf(this.#trainer.saveCheckpoint('asked'))
    })
  }

  previewRollback(target: string) {
    return this.#actor.submit(() =>
      previewRollback(
        this.#trainer.db,
        {
          branch: this.#trainer.branch,
          step: Math.max(this.#trainer.position.step, this.#recordedStep),
          knobs: this.#trainer.knobs,
        },
        target,
      ),
    )
  }

  rollback(target: string, options: RollbackOptions): Promise<CheckpointReply> {
    return this.#actor.submit(async () => {
      const trainer = this.#trainer
      const checkpoint = resolveTarget(trainer.db, trainer.branch, target)
      return this.#goBack('rollback', checkpoint, options)
    })
  }

  undo(): Promise<CheckpointReply> {
    return this.#actor.submit(() => {
      const nudge = nudgeToUndo(this.#trainer.db, this.#trainer.branch)
      const checkpoint = resolveTarget(this.#trainer.db, this.#trainer.branch, nudge.checkpoint)
      return this.#goBack('undo', checkpoint, { knobs: 'then' })
    })
  }

  note(text: string): Promise<JournalEntry> {
    return this.#actor.submit(() => {
      const entry = this.#trainer.commit(() => this.#trainer.journal({ kind: 'note', text }))
      this.#trainer.say({ type: 'journaled', entry })
      return entry
    })
  }

  verify(day: number | null) {
    return this.#actor.submit(async () => {
      const trainer = this.#trainer
      if (isUnderWay(trainer.state)) {
        throw new PandaError(
          'session/not-possible-now',
          `${trainer.facts.run} is training`,
          'Pause it before you replay its days.',
        )
      }
      await this.#prepared()
      const equipment = this.#equipment
      if (equipment === null) throw new Error('prepared without equipment')
      trainer.move({ type: 'preparing', what: 'replaying' })
      const engine = await equipment.createTwin()
      this.#isVerifying = true
      try {
        const learner = new Learner(
          engine,
          equipment.dataset,
          trainer.config.seed,
          trainer.capture(),
        )
        return await verifyDays(trainer.db, trainer.branch, learner, day, async (progress) => {
          if (progress.done % STEPS_PER_WORD === 0) trainer.say({ type: 'verifying', ...progress })
          await this.#breathe()
          if (this.#closing) {
            throw new PandaError('session/closed', 'the replay was broken off', 'Start it again.')
          }
        })
      } finally {
        this.#isVerifying = false
        await engine.dispose()
        trainer.move({ type: 'paused', reason: 'asked' })
      }
    })
  }

  /** Waits for the step or command in hand; a long replay is broken off. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#actor.submit(async () => {
      const trainer = this.#trainer
      try {
        if (isUnderWay(trainer.state)) await trainer.pause('resting')
        if (trainer.state.kind !== 'failed') trainer.move({ type: 'closed' })
      } finally {
        // Even where saving failed the run is let go: what is on record is replayed when it is opened again.
        this.#closed = true
        await this.#equipment?.engine.dispose()
        closeRun(trainer.db)
      }
    })
  }

  async #goBack(
    kind: 'rollback' | 'undo',
    target: CheckpointSummary,
    options: RollbackOptions,
  ): Promise<CheckpointReply> {
    await this.#recovered()
    await goBack(this.#trainer, kind, target, options)
    this.#recordedStep = target.step
    return this.#replyOf(target)
  }

  #replyOf(checkpoint: CheckpointSummary): CheckpointReply {
    return {
      checkpoint: checkpoint.checkpoint,
      branch: this.#trainer.branch,
      step: checkpoint.step,
      parametersSha256: checkpoint.parametersSha256,
    }
  }

  /** Makes sure that no recorded step is missing from memory. Cheap unless the run was interrupted. */
  async #recovered(): Promise<void> {
    this.#trainer.assertUsable()
    if (this.#recordedStep <= this.#trainer.position.step) return
    await this.#prepared()
    this.#trainer.move({ type: 'paused', reason: 'recovered' })
  }

  /** Makes sure that training is possible: data and engine are there, and recorded steps are replayed. */
  async #prepared(): Promise<Learner> {
    const trainer = this.#trainer
    trainer.assertUsable()
    if (trainer.learner !== null) return trainer.learner
    const before = trainer.state
    trainer.move({ type: 'preparing', what: 'loading the data and building the network' })
    try {
      this.#equipment ??= await this.#equip()
      const learner = trainer.equip(this.#equipment.engine, this.#equipment.dataset)
      if (this.#recordedStep > learner.position.step) {
        await replayRecorded(trainer, learner, this.#found, {
          breathe: this.#breathe,
          isClosing: () => this.#closing,
        })
      }
      return learner
    } catch (error) {
      trainer.unequip()
      trainer.move({ type: 'paused', reason: before.kind === 'paused' ? before.reason : 'resting' })
      throw error
    }
  }
}
