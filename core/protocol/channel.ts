import { createBirpc } from 'birpc'
import { PandaError, settle, unwrap } from '../errors.ts'
import type { WireResult } from '../errors.ts'
import { CALLS, FEED_NAMES } from './contract.ts'
import type { Args, Call, CallHandlers, Feed, Feeds, HostClient, Reply } from './contract.ts'

/** Two-way pipe of plain messages: a MessagePort, a WebSocket, a local socket. Order is kept. */
export interface Channel {
  post(message: unknown): void
  /** Called once, before the first message is due. */
  onMessage(listener: (message: unknown) => void): void
}

/** A live end of a channel. `close` rejects what is pending; it does not close the pipe itself. */
export interface ServedChannel {
  send<F extends Feed>(feed: F, payload: Feeds[F]): void
  close(): void
}

interface HostEnd {
  call(name: string, args: unknown): Promise<WireResult<unknown>>
}
interface ClientEnd {
  feed(name: Feed, payload: unknown): void
}

const isCall = (name: unknown): name is Call =>
  typeof name === 'string' && Object.hasOwn(CALLS, name)

/** Answers one call by name: refuses names that are not in the contract and arguments that do not fit. */
async function answer(handlers: CallHandlers, name: unknown, args: unknown): Promise<unknown> {
  if (!isCall(name))
    throw new PandaError('protocol/bad-request', `there is no call "${String(name)}"`)
  const parsed = CALLS[name].args.safeParse(args)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue?.path.join('.') ?? ''
    throw new PandaError(
      'protocol/bad-request',
      `${name}: ${where} ${issue?.message ?? 'bad arguments'}`,
    )
  }
  const handler = handlers[name] as (...given: readonly unknown[]) => unknown
  return await handler(...(parsed.data as readonly unknown[]))
}

const NO_TIMEOUT = -1 // verifying a week of training takes as long as it takes

/** Serves a host's calls over one channel. */
export function serveChannel(handlers: CallHandlers, channel: Channel): ServedChannel {
  const functions: HostEnd = {
    call: (name, args) => settle(() => answer(handlers, name, args)),
  }
  const rpc = createBirpc<ClientEnd, HostEnd>(functions, {
    post: (message) => channel.post(message),
    on: (listener) => channel.onMessage(listener),
    eventNames: ['feed'],
    timeout: NO_TIMEOUT,
  })
  return {
    send: (feed, payload) => void rpc.feed.asEvent(feed, payload),
    close: () => rpc.$close(),
  }
}

/** JSON would make null of an optional argument that is undefined, and null is not the same as absent. */
function withoutTrailingGaps(args: readonly unknown[]): readonly unknown[] {
  return args.slice(0, args.findLastIndex((argument) => argument !== undefined) + 1)
}

/** A host's client over one channel. `disconnect` makes every pending and later call fail at once. */
export function connectChannel(
  channel: Channel,
): HostClient & { disconnect(reason: string): void } {
  const listeners = new Map<Feed, Set<(payload: never) => void>>(
    FEED_NAMES.map((feed) => [feed, new Set()]),
  )
  let gone: PandaError | null = null
  const rpc = createBirpc<HostEnd, ClientEnd>(
    {
      feed(name, payload) {
        for (const listener of listeners.get(name) ?? []) listener(payload as never)
      },
    },
    {
      post: (message) => channel.post(message),
      on: (listener) => channel.onMessage(listener),
      timeout: NO_TIMEOUT,
    },
  )
  return {
    async call<C extends Call>(name: C, ...args: Args<C>): Promise<Reply<C>> {
      if (gone !== null) throw gone
      let result: WireResult<unknown>
      try {
        result = await rpc.call(name, withoutTrailingGaps(args))
      } catch (error) {
        throw gone ?? error
      }
      return unwrap(result) as Reply<C>
    },
    on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void) {
      listeners.get(feed)?.add(listener)
      return () => void listeners.get(feed)?.delete(listener)
    },
    disconnect(reason) {
      gone ??= new PandaError('protocol/disconnected', reason)
      if (!rpc.$closed) rpc.$close(gone)
    },
  }
}
