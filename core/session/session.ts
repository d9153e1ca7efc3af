import type { Dataset } from '../data/dataset.ts'
import type { Engine } from '../engine/engine.ts'
import { PandaError } from '../errors.ts'
import type { HyperparameterName, Hyperparameters } from '../protocol/hyperparameters.ts'
import type {
  Change,
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
import { insertBranch } from '../store/branches.ts'
import { readLineageMetrics } from '../store/metrics.ts'
import { closeRun } from '../store/open.ts'
import { setHead } from '../store/run.ts'
import { Actor } from './actor.ts'
import { nudgeToUndo, previewRollback, resolveTarget } from './history.ts'
import { applyChanges, changesOf, readingsOf, valueOf } from './knobs.ts'
import type { Learner } from './learner.ts'
import { nudgesSince, restore } from './restore.ts'
import type { FoundRun } from './restore.ts'
import { replay } from './replay.ts'
import type { SessionCalls } from './session-api.ts'
import { describeRun } from './snapshot.ts'
import { canTrain, isUnderWay } from './state.ts'
import type { Trainer } from './trainer.ts'
import { verifyDays } from './verify.ts'

/** What a session needs to train. Made when first needed: reading and nudging a resting run needs none. */
export interface Equipment {
  readonly engine: Engine
  readonly dataset: Dataset
}

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
  /** The checkpoint that the run was found at, which the records go on from. */
  readonly #checkpointFound: FoundRun['checkpoint']
  /** The last step on record; beyond the trainer's position only after a crash. */
  #recordedStep: number
  #equipment: Equipment | null = null
  /** Asked to close: long work is broken off. */
  #closing = false
  #closed = false

  constructor({ trainer, found, equip, breathe }: SessionOptions) {
    this.#trainer = trainer
    this.#checkpointFound = found.checkpoint
    this.#recordedStep = found.recordedStep
    this.#equip = equip
    this.#breathe = breathe
  }

  /** Trains and answers until closed. */
  async live(): Promise<void> {
    while (!this.#closed) {
      await this.#actor.drain()
      if (this.#closed) return
      if (this.#trainer.state.kind !== 'running') {
        await this.#actor.idle()
        continue
      }
      try {
        await this.#trainer.advance()
      } catch (error) {
        this.#trainer.fail(error)
      }
      await this.#breathe()
    }
  }

  snapshot(): Promise<RunSnapshot> {
    return this.#actor.submit(() => {
      const trainer = this.#trainer
      if (trainer.state.kind === 'running') {
        trainer.flush()
        trainer.tellMetrics()
      }
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
    })
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
      return this.#place()
    })
  }

  pause(): Promise<PausedReply> {
    return this.#actor.submit(async () => {
      if (isUnderWay(this.#trainer.state)) await this.#trainer.pause('asked')
      return this.#place()
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
      trainer.setKnobs(applyChanges(trainer.knobs, changes))
      this.#sayNudged(entry)
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
      const learner = await this.#prepared()
      trainer.move({ type: 'preparing', what: 'replaying' })
      const present = learner.capture()
      try {
        return await verifyDays(trainer.db, trainer.branch, learner, day, async (progress) => {
          if (progress.done % 20 === 0) trainer.say({ type: 'verifying', ...progress })
          await this.#breathe()
          if (this.#closing) {
            throw new PandaError('session/closed', 'the replay was broken off', 'Start it again.')
          }
        })
      } finally {
        learner.restore(present)
        trainer.move({ type: 'paused', reason: 'asked' })
      }
    })
  }

  /** Waits for the step or command in hand; a long replay is broken off. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#actor.submit(async () => {
      const trainer = this.#trainer
      if (isUnderWay(trainer.state)) await trainer.pause('resting')
      if (trainer.state.kind !== 'failed') trainer.move({ type: 'closed' })
      this.#closed = true
      await this.#equipment?.engine.dispose()
      closeRun(trainer.db)
    })
  }

  /** Pauses, keeps the tip, forks, and stands at the checkpoint. One commit: all of it or nothing. */
  async #goBack(
    kind: 'rollback' | 'undo',
    target: CheckpointSummary,
    options: RollbackOptions,
  ): Promise<CheckpointReply> {
    const trainer = this.#trainer
    await this.#recovered()
    if (isUnderWay(trainer.state)) await trainer.pause('rolled-back')
    const tip = trainer.saveCheckpoint('rollback')
    const { standing } = restore(trainer.db, target)
    const kept = options.knobs === 'keep' ? differences(standing.state.knobs, trainer.knobs) : []
    const from = { branch: trainer.branch, step: trainer.position.step, checkpoint: tip.checkpoint }
    const reason = options.reason ?? null

    const { entry, branch, nudge } = trainer.commit(() => {
      const branch = insertBranch(trainer.db, {
        forkCheckpoint: target.checkpoint,
        reason,
        createdAt: Date.now(),
      })
      const place = { branch: branch.branch, step: target.step }
      setHead(trainer.db, place)
      const entry = trainer.journal({ kind, from, to: target.checkpoint, reason }, place)
      const nudge =
        kept.length === 0
          ? null
          : trainer.journal(
              {
                kind: 'nudge',
                changes: kept,
                checkpoint: target.checkpoint,
                firstStep: target.step + 1,
              },
              place,
            )
      return { entry, branch, nudge }
    })

    trainer.stand({ ...standing, branch: branch.branch })
    this.#recordedStep = target.step
    trainer.say({
      type: 'rolled-back',
      entry,
      newBranch: branch,
      readings: readingsOf(trainer.knobs, trainer.epoch),
      day: trainer.calendar.day,
      epoch: trainer.epoch,
    })
    if (nudge !== null) {
      trainer.setKnobs(applyChanges(trainer.knobs, kept))
      this.#sayNudged(nudge)
    }
    trainer.move({ type: 'paused', reason: 'rolled-back' })
    return this.#replyOf(target)
  }

  #sayNudged(entry: JournalEntry): void {
    const readings = readingsOf(this.#trainer.knobs, this.#trainer.epoch)
    this.#trainer.say({ type: 'nudged', entry, readings })
  }

  #place(): PausedReply {
    return { branch: this.#trainer.branch, step: this.#trainer.position.step }
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
      if (this.#recordedStep > learner.position.step) await this.#replayRecorded(learner)
      return learner
    } catch (error) {
      trainer.unequip()
      trainer.move({ type: 'paused', reason: before.kind === 'paused' ? before.reason : 'resting' })
      throw error
    }
  }

  /** After a crash: the steps beyond the newest checkpoint are taken again, as they were recorded. */
  async #replayRecorded(learner: Learner): Promise<void> {
    const trainer = this.#trainer
    const { db, branch } = trainer
    const fromStep = learner.position.step
    const toStep = this.#recordedStep
    const recorded = readLineageMetrics(db, branch, 'cost', fromStep, toStep)
    const nudges = nudgesSince(db, branch, this.#checkpointFound)
    let differs: number | null = null
    let cost: number | null = null
    await replay(learner, {
      nudges: nudges.filter(({ step }) => step > fromStep),
      toStep,
      onStep: async (step, replayed) => {
        cost = replayed
        if (differs === null && !Object.is(recorded.values[step - fromStep - 1], replayed))
          differs = step
        if (step % 50 === 0) {
          trainer.move({ type: 'preparing', what: `replaying step ${step} of ${toStep}` })
          await this.#breathe()
        }
        if (this.#closing) {
          throw new PandaError(
            'session/closed',
            'the recovery was broken off',
            'Open the run again.',
          )
        }
      },
    })
    trainer.replayed(cost)
    const message =
      `Panda was ended while it trained. Steps ${fromStep + 1} to ${toStep} were replayed from their records` +
      (differs === null
        ? ', bit for bit.'
        : `; from step ${String(differs)} on their costs differ.`)
    const entry = trainer.commit(() =>
      trainer.journal({ kind: 'alert', alert: 'interrupted', message }),
    )
    trainer.say({ type: 'alert', entry })
  }
}

/** The nudge that leads from `from` to `to`; only what differs. */
function differences(from: Hyperparameters, to: Hyperparameters): readonly Change[] {
  const names = Object.keys(to) as HyperparameterName[]
  return names
    .map((name) => ({ name, from: valueOf(from, name), to: valueOf(to, name) }))
    .filter((change) => change.from !== change.to)
}
