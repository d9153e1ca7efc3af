import { toWireError } from '../../errors.ts'
import type { Feed, Feeds } from '../../protocol/contract.ts'
import type { StudyEvent, StudyState } from '../../protocol/study.ts'
import type { Lock } from '../../store/lock.ts'
import type { InCare } from '../in-care.ts'
import type { LocalServer } from '../local-socket.ts'
import { ask, refuseOther } from './live-calls.ts'
import type { LiveStudy } from './live-calls.ts'
import { broke } from './own-study.ts'
import type { OwnStudy } from './own-study.ts'
import type { StudyPlace } from './studies-folder.ts'

interface TakeParts {
  readonly place: StudyPlace
  /** Released when care ends, or can't begin. */
  readonly lock: Lock
  /** How many trials run at once. */
  readonly parallel: number
  readonly care: InCare<LiveStudy>
  readonly start: (tell: (event: StudyEvent) => void) => Promise<OwnStudy>
  /** Answers other processes. */
  readonly listen: () => Promise<LocalServer>
  readonly emit: <F extends Feed>(feed: F, payload: Feeds[F]) => void
  readonly isRunning: (live: LiveStudy, runs: boolean) => void
  /** Ends the conversations with other processes. */
  readonly seeOff: (server: LocalServer | null) => void
}

/** Takes a study into care here: opens it, and lets go of it as soon as it stands still, or its thread breaks. */
export async function takeStudy(parts: TakeParts): Promise<LiveStudy> {
  const { place, lock, parallel, care, start, listen, emit, isRunning, seeOff } = parts
  const { study, file } = place
  let server: LocalServer | null = null
  let state: StudyState = 'paused'
  let closing: Promise<void> | null = null
  let hasEnded = false
  const tell = (event: StudyEvent): void => {
    if (event.type === 'study-failed') care.setFault(file, event.error)
    if (event.type === 'study-state') {
      state = event.state
      isRunning(live, state === 'running')
      // Before anybody hears of it, so that whoever then asks waits until the file is free.
      if (state !== 'running' && !hasEnded) live.close().catch(closedBadly)
    }
    emit('study:event', { study, event })
    server?.broadcast('study:event', { study: file, event })
    if (event.type === 'study-state') emit('studies:changed', {})
  }
  const fail = (error: unknown): void => {
    // First why: who follows it must not take its rest for a pause.
    tell({ type: 'study-failed', error: toWireError(error) })
    if (state === 'running') tell({ type: 'study-state', state: 'paused' })
    emit('studies:changed', {})
  }
  /** A thread that broke meanwhile has been told of. */
  const closedBadly = async (error: unknown) => {
    if (!(await released)) fail(error)
  }
  const own = await start(tell).catch((error: unknown) => {
    lock.release()
    throw error
  })
  const released = own.ended.then((fault) => {
    hasEnded = true
    isRunning(live, false)
    care.forget(file, live)
    server?.stopListening()
    lock.release()
    const hasBroken = fault !== null || closing === null
    if (hasBroken) fail(broke(fault))
    seeOff(server)
    return hasBroken
  })
  const letGo = async () => {
    server?.stopListening()
    const closed = hasEnded ? Promise.resolve() : own.client.call('close')
    await Promise.allSettled([closed, released])
    await closed
  }
  const live: LiveStudy = {
    isOurs: true,
    async call(name, ...args) {
      if (name === 'study:resume') refuseOther(study, parallel, state, args[0])
      try {
        return (await ask(own.client, name, args)) as never
      } finally {
        // One that could not begin, or had nothing left to do, does not stay open.
        if (name === 'study:resume' && state !== 'running') await live.close()
      }
    },
    close: () => (closing ??= care.leave(file, letGo())),
  }
  try {
    server = await listen()
  } catch (error) {
    await live.close()
    throw error
  }
  if (hasEnded) {
    seeOff(server)
    throw broke(null)
  }
  care.keep(file, live)
  return live
}
