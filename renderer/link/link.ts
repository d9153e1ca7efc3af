import { inject, readonly, ref } from 'vue'
import type { InjectionKey, Ref } from 'vue'
import { PandaError } from '../../core/errors.ts'
import { connectChannel } from '../../core/protocol/channel.ts'
import type { Channel } from '../../core/protocol/channel.ts'
import { FEED_NAMES } from '../../core/protocol/contract.ts'
import type { Args, Call, Feed, Feeds, HostClient, Reply } from '../../core/protocol/contract.ts'

export type LinkStatus = 'connecting' | 'connected' | 'lost'

/** A host's client that outlives its connection: listeners stay, and it dials again when dropped. */
export interface Link extends HostClient {
  readonly status: Readonly<Ref<LinkStatus>>
  /** Called after each connection but the first: whatever was known may be out of date. */
  onReconnected(listener: () => void): () => void
}

/** Opens one connection. `dropped` is called when it is gone; a failed attempt rejects. */
export type Dial = (dropped: (reason: string) => void) => Promise<Channel>

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

type Client = ReturnType<typeof connectChannel>

export function openLink(dial: Dial, wait: (ms: number) => Promise<void> = sleep): Link {
  const status = ref<LinkStatus>('connecting')
  const listeners = new Map<Feed, Set<(payload: never) => void>>(
    FEED_NAMES.map((feed) => [feed, new Set()]),
  )
  const reconnected = new Set<() => void>()
  let client: Client | null = null
  let announce: (first: Client) => void = () => {}
  const firstClient = new Promise<Client>((resolve) => (announce = resolve))

  function adopt(next: Client): void {
    client = next
    for (const feed of FEED_NAMES) {
      next.on(feed, (payload) => {
        for (const listener of listeners.get(feed) ?? []) listener(payload as never)
      })
    }
    const isFirst = status.value === 'connecting'
    status.value = 'connected'
    announce(next)
    if (!isFirst) for (const listener of reconnected) listener()
  }

  async function connect(): Promise<void> {
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(LONGEST_WAIT_MS, pause * 2)) {
      let mine: Client | null = null
      let droppedEarly = false
      try {
        const channel = await dial((reason) => {
          droppedEarly = true
          if (mine === null || client !== mine) return
          mine.disconnect(reason)
          client = null
          status.value = 'lost'
          void connect()
        })
        if (!droppedEarly) {
          mine = connectChannel(channel)
          adopt(mine)
          return
        }
      } catch {
        // Nobody answered: the host is gone or not there yet, and the next attempt says more.
      }
      if (status.value === 'connected') status.value = 'lost'
      await wait(pause)
    }
  }
  void connect()

  return {
    status: readonly(status),
    async call<C extends Call>(name: C, ...args: Args<C>): Promise<Reply<C>> {
      if (status.value === 'lost') {
        throw new PandaError(
          'protocol/disconnected',
          'the connection to Panda is lost',
          'It is being tried again; repeat this when it is back.',
        )
      }
      return (client ?? (await firstClient)).call(name, ...args)
    },
    on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void) {
      listeners.get(feed)?.add(listener)
      return () => void listeners.get(feed)?.delete(listener)
    },
    onReconnected(listener) {
      reconnected.add(listener)
      return () => void reconnected.delete(listener)
    },
  }
}

export const linkKey: InjectionKey<Link> = Symbol('link')

export function useLink(): Link {
  const link = inject(linkKey)
  if (link === undefined) throw new Error('no link was provided')
  return link
}
