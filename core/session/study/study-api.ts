import { createBirpc } from 'birpc'
import { settle, unwrap } from '../../errors.ts'
import type { WireResult } from '../../errors.ts'
import type { Channel } from '../../protocol/channel.ts'
import type { SearchSpace } from '../../protocol/space.ts'
import type { StudyEvent, StudySnapshot } from '../../protocol/study.ts'

/** What a study answers. */
export interface StudyCalls {
  snapshot(): Promise<StudySnapshot>
  /** Starts trials, or goes on with them. */
  resume(): Promise<void>
  /** Every trial stops after the step in hand and is saved. */
  pause(): Promise<void>
  /** Gives up a trial; what it recorded stays. */
  cancel(trial: number): Promise<void>
  /** More trials than were asked for at first. */
  addTrials(count: number): Promise<void>
  /** Later trials are proposed in another space. Those that lie outside of it stay, but guide no more. */
  changeSpace(space: SearchSpace): Promise<void>
  /** Pauses, and lets go of the file. Nothing can be asked after it. */
  close(): Promise<void>
}
type StudyCall = keyof StudyCalls

interface StudyEnd {
  call(name: StudyCall, args: readonly unknown[]): Promise<WireResult<unknown>>
}
interface HostEnd {
  event(event: StudyEvent): void
}

const NO_TIMEOUT = -1

/** The study's side: answers calls, and hands back where to send events. */
export function serveStudy(study: StudyCalls, channel: Channel): (event: StudyEvent) => void {
  const rpc = createBirpc<HostEnd, StudyEnd>(
    {
      call: (name, args) =>
        settle(() => (study[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args)),
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

export interface StudyClient {
  call<C extends StudyCall>(
    name: C,
    ...args: Parameters<StudyCalls[C]>
  ): Promise<Awaited<ReturnType<StudyCalls[C]>>>
  /** Rejects what is pending and every later call with `error`. */
  disconnect(error: Error): void
}

/** The host's side. */
export function connectStudy(channel: Channel, onEvent: (event: StudyEvent) => void): StudyClient {
  let gone: Error | null = null
  const rpc = createBirpc<StudyEnd, HostEnd>(
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
      try {
        return unwrap(await rpc.call(name, args)) as never
      } catch (error) {
        throw gone ?? error
      }
    },
    disconnect(error) {
      gone ??= error
      if (!rpc.$closed) rpc.$close(error)
    },
  }
}
