import { PandaError, toWireError } from '../errors.ts'
import type {
  CheckpointReply,
  CheckpointSummary,
  FlatCondition,
  JournalEntry,
  NoteSubject,
  NudgeChanges,
  NudgeRamp,
  NudgeReply,
  PausedReply,
  RollbackOptions,
  RunSnapshot,
  RunState,
  TrainAmount,
} from '../protocol/run.ts'
import { closeRun } from '../store/open.ts'
import { Actor } from './actor.ts'
import { advance } from './advance.ts'
import type { Equipment } from './equipment.ts'
import type { FoundRun } from './find-standing.ts'
import { goBack } from './go-back.ts'
import { nudgeToUndo, previewRollback, resolveTarget } from './history.ts'
import { completed } from './knobs.ts'
import type { Learner } from './learner.ts'
import { meetEngine } from './meet-engine.ts'
import { checkedNote } from './noting.ts'
import { changesNow, nudge } from './nudging.ts'
import { pause } from './pause.ts'
import { Plans } from './planning.ts'
import { replayRecorded } from './recovery.ts'
import type { Captured, SessionCalls } from './session-api.ts'
import { describeLive } from './snapshot.ts'
import { assertUsable, isUnderWay } from './state.ts'
import type { Trainer } from './trainer.ts'
import { verifyOnTwin } from './verify.ts'

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
  readonly #plans: Plans
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
    this.#plans = new Plans(trainer)
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
        if (this.#trainer.state.kind === 'running') await advance(this.#trainer, this.#plans)
        await this.#breathe() // replies go out first
        this.#trainer.tidy()
      } catch (error) {
        this.#trainer.move({ type: 'failed', error: toWireError(error) })
      }
      if (this.#trainer.state.kind !== 'running') await this.#actor.idle()
    }
  }

  /** Waits for the step in hand; during a replay, which leaves the run alone, it does not wait. */
  snapshot(): Promise<RunSnapshot> {
    const describe = () => {
      const trainer = this.#trainer
      if (trainer.state.kind === 'running') trainer.flush()
      return describeLive(trainer, this.#recordedStep)
    }
    return this.#isVerifying ? Promise.resolve(describe()) : this.#actor.submit(describe)
  }

  train(amount: TrainAmount): Promise<PausedReply> {
    return this.#actor.submit(async () => {
      const trainer = this.#trainer
      assertUsable(trainer.state)
      const isNew = trainer.state.kind !== 'running'
      if (isNew) {
        await this.#prepared()
        meetEngine(trainer) // a rollback may have led to where another engine was
      }
      trainer.begin(amount)
      if (isNew) trainer.move({ type: 'started' })
      return this.#trainer.place
    })
  }

  pause(): Promise<PausedReply> {
    return this.#actor.submit(async () => {
      if (isUnderWay(this.#trainer.state)) await pause(this.#trainer, 'asked')
      return this.#trainer.place
    })
  }

  nudge(requested: NudgeChanges, ramp?: NudgeRamp): Promise<NudgeReply> {
    return this.#actor.submit(async () => {
      changesNow(this.#trainer, requested) // what can be refused is refused before a long recovery
      await this.#recovered()
      return nudge(this.#trainer, requested, { ramp })
    })
  }

  planNudge(changes: NudgeChanges, when: FlatCondition, ramp?: NudgeRamp): Promise<JournalEntry> {
    return this.#actor.submit(async () => {
      await this.#recovered()
      return this.#plans.add(changes, when, ramp)
    })
  }

  dropPlan(id: number): Promise<JournalEntry> {
    return this.#actor.submit(async () => {
      await this.#recovered()
      return this.#plans.drop(id)
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
          knobs: completed(this.#trainer.knobs, this.#trainer.config),
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
      const { db, branch } = this.#trainer
      const { checkpoint, plan } = nudgeToUndo(db, branch)
      const target = resolveTarget(db, branch, checkpoint)
      return this.#goBack('undo', target, { knobs: 'then', dropPlan: plan })
    })
  }

  note(text: string, about?: NoteSubject): Promise<JournalEntry> {
    return this.#actor.submit(() => {
      const trainer = this.#trainer
      const step = Math.max(trainer.position.step, this.#recordedStep)
      const head = { branch: trainer.branch, step, day: trainer.calendar.day }
      const detail = { kind: 'note', ...checkedNote(trainer.db, head, text, about) } as const
      const entry = trainer.commit(() => trainer.journal(detail))
      trainer.say({ type: 'journaled', entry })
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
      await this.#recovered()
      const before = trainer.state
      await this.#prepared()
      trainer.move({ type: 'preparing', what: 'replaying' })
      this.#isVerifying = true
      try {
        return await verifyOnTwin(trainer, this.#equipment, day, {
          breathe: this.#breathe,
          isClosing: () => this.#closing,
        })
      } finally {
        this.#isVerifying = false
        trainer.move({ type: 'settled', state: before })
      }
    })
  }

  /** The state as it is between two steps, to be examined elsewhere. */
  capture(): Promise<Captured> {
    const capture = () => ({ branch: this.#trainer.branch, state: this.#trainer.capture() })
    return this.#isVerifying ? Promise.resolve(capture()) : this.#actor.submit(capture)
  }

  /** Waits for the step or command in hand; a long replay is broken off. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#actor.submit(async () => {
      const trainer = this.#trainer
      try {
        if (isUnderWay(trainer.state)) await pause(trainer, 'resting')
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
    options: Parameters<typeof goBack>[3],
  ): Promise<CheckpointReply> {
    await this.#recovered()
    this.#plans.forget()
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
    assertUsable(this.#trainer.state)
    if (this.#recordedStep <= this.#trainer.position.step) return
    await this.#prepared()
    this.#trainer.move({ type: 'paused', reason: 'recovered' })
  }

  /** Makes sure that training is possible: data and engine are there, and recorded steps are replayed. */
  async #prepared(): Promise<Learner> {
    const trainer = this.#trainer
    assertUsable(trainer.state)
    if (trainer.learner !== null) return trainer.learner
    const before: RunState = trainer.state
    trainer.move({ type: 'preparing', what: 'loading the data and building the network' })
    try {
      this.#equipment ??= await this.#equip()
      const { engine, engineFacts, dataset } = this.#equipment
      const learner = trainer.equip(engine, dataset, engineFacts)
      meetEngine(trainer) // before the first step that is taken again, too
      if (this.#recordedStep > learner.position.step) {
        await replayRecorded(trainer, learner, this.#found, {
          breathe: this.#breathe,
          isClosing: () => this.#closing,
        })
      }
      return learner
    } catch (error) {
      trainer.unequip()
      trainer.move({ type: 'settled', state: before })
      throw error
    }
  }
}
