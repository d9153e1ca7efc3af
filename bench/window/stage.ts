import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import { startServer } from '../../cli/serve/server.ts'
import type { Feed, Feeds } from '../../core/protocol/contract.ts'
import type { RunEvent } from '../../core/protocol/run.ts'
import { createHost } from '../../core/session/host.ts'
import { findBrowser } from '../../scripts/find-browser.ts'
import path from 'node:path'
import { MIGRATIONS, SAMPLES, WORKER } from '../scene.ts'

/** A served window on a folder of runs, in which events can be spoken that no training said. */
export interface Stage {
  readonly url: string
  readonly handlers: ReturnType<typeof createHost>['handlers']
  /** Tells every client an event of a run. */
  say(run: string, event: RunEvent): void
  close(): Promise<void>
}

export async function openStage(dataDir: string): Promise<Stage> {
  const host = createHost({
    dataDir,
    samplesDir: SAMPLES,
    migrationsDir: MIGRATIONS,
    workerUrl: WORKER,
  })
  const listeners = new Set<(payload: Feeds['run:event']) => void>()
  const server = await startServer(
    {
      handlers: host.handlers,
      uploads: host.uploads,
      on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void) {
        if (feed === 'run:event') listeners.add(listener as (payload: Feeds['run:event']) => void)
        const off = host.on(feed, listener)
        return () => {
          listeners.delete(listener as (payload: Feeds['run:event']) => void)
          off()
        }
      },
    },
    { rendererDir: path.join(path.dirname(MIGRATIONS), 'renderer') },
  )
  return {
    url: server.url,
    handlers: host.handlers,
    say: (run, event) => {
      for (const listener of listeners) listener({ run, event })
    },
    async close() {
      await server.close()
      await host.close()
    },
  }
}

export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } = await findBrowser()
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env } as Record<string, string>,
  })
}

/** Resolves with the ms from the call until the curve of the run that is opened has been painted. */
export const untilPainted = (page: Page, run: string): Promise<number> =>
  page.evaluate(async (name) => {
    const begin = performance.now()
    location.hash = `#/run/${name}`
    const frame = () => new Promise(requestAnimationFrame)
    const isDrawn = () => {
      const figure = document.querySelector('figure[data-points]')
      return Number(figure?.getAttribute('data-points') ?? 0) > 1
    }
    while (!isDrawn()) await frame()
    // The frame after the one that drew begins once that one is on its way to the screen.
    await frame()
    return performance.now() - begin
  }, run)
