import { createBirpc } from 'birpc'
import { settle, unwrap } from '../errors.ts'
import type { WireResult } from '../errors.ts'
import type { Channel } from '../protocol/channel.ts'
import type {
  BranchId,
  CheckpointReply,
  DayVerification,
  FlatCondition,
  JournalEntry,
  NoteSubject,
  NudgeChanges,
  NudgeRamp,
  NudgeReply,
  PausedReply,
  RollbackOptions,
  RollbackPreview,
  RunEvent,
  RunSnapshot,
  TrainAmount,
} from '../protocol/run.ts'
import type { TrainingState } from './training-state.ts'

/** A state that was taken out of a run in care, as plain data. */
export interface Captured {
  readonly branch: BranchId
  readonly state: TrainingState
}

/** What a session answers, between steps, in the order asked. The host is its only caller. */
export interface SessionCalls {
  snapshot(): Promise<RunSnapshot>
  train(amount: TrainAmount): Promise<PausedReply>
  pause(): Promise<PausedReply>
  nudge(changes: NudgeChanges, ramp?: NudgeRamp): Promise<NudgeReply>
  planNudge(changes: NudgeChanges, when: FlatCondition, ramp?: NudgeRamp): Promise<JournalEntry>
  dropPlan(id: number): Promise<JournalEntry>
  checkpoint(): Promise<CheckpointReply>
  previewRollback(target: string): Promise<RollbackPreview>
  rollback(target: string, options: RollbackOptions): Promise<CheckpointReply>
  undo(): Promise<CheckpointReply>
  note(text: string, about?: NoteSubject): Promise<JournalEntry>
  verify(day: number | null): Promise<readonly DayVerification[]>
  /** A copy of the state as it is, tensors included. Training goes on as soon as it is made. */
  capture(): Promise<Captured>
  /** Pauses, saves, lets go of the file. Nothing can be asked after it. */
  close(): Promise<void>
}

export type SessionCall = keyof SessionCalls

interface SessionEnd {
  call(name: SessionCall, args: readonly unknown[]): Promise<WireResult<unknown>>
}
interface HostEnd {
  event(event: RunEvent): void
}

const NO_TIMEOUT = -1

/** The worker's side: answers calls, and hands back where to send events. */
export function serveSession(session: SessionCalls, channel: Channel): (event: RunEvent) => void {
  const rpc = createBirpc<HostEnd, SessionEnd>(
    {
      call: (name, args) =>
        settle(() =>
          (session[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args),
        ),
    },
    {
      post: (message) => channel.post(message),
      on: (listener) => channel.onMessage(listener),
      eventNames: ['event'],
      timeout: NO_TIMEOUT,
    },
  )
  return (event) => void rpc.event.asEvent(event)
}

export interface SessionClient {
  call<C extends SessionCall>(
    name: C,
    ...args: Parameters<SessionCalls[C]>
  ): Promise<Awaited<ReturnType<SessionCalls[C]>>>
  /** Rejects what is pending and every later call with `error`. */
  disconnect(error: Error): void
}

/** The host's side. */
export function connectSession(
  channel: Channel,
  onEvent: (event: RunEvent) => void,
): SessionClient {
  let gone: Error | null = null
  const rpc = createBirpc<SessionEnd, HostEnd>(
    { event: onEvent },
    {
      post: (message) => channel.post(message),
      on: (listener) => channel.onMessage(listener),
      timeout: NO_TIMEOUT,
    },
  )
  return {
    async call(name, ...args) {
      if (gone !== null) throw gone
      let result: WireResult<unknown>
      try {
        result = await rpc.call(name, args)
      } catch (error) {
        throw gone ?? error
      }
      return unwrap(result) as never
    },
    disconnect(error) {
      gone ??= error
      if (!rpc.$closed) rpc.$close(error)
    },
  }
}
