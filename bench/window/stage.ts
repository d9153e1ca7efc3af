import { chromium } from '@playwright/test'
import type { Browser, Page } from '@playwright/test'
import { startServer } from '../../cli/serve/server.ts'
import type { Feed, Feeds } from '../../core/protocol/contract.ts'
import type { RunEvent } from '../../core/protocol/run.ts'
import type { StudyEvent } from '../../core/protocol/study.ts'
import { createHost } from '../../core/session/host.ts'
import { findBrowser } from '../../scripts/find-browser.ts'
import path from 'node:path'
import { MIGRATIONS, SAMPLES, WORKER } from '../scene.ts'
import { listedStudy } from '../../test/fixtures/invented-trial.ts'
import type { InventedStudy } from './invented-study.ts'

/** A served window on a folder of runs, in which events can be spoken that no training said. */
export interface Stage {
  readonly url: string
  readonly handlers: ReturnType<typeof createHost>['handlers']
  /** Tells every client an event of a run. */
  say(run: string, event: RunEvent): void
  /** Tells every client an event of the invented study. */
  sayOfStudy(event: StudyEvent): void
  close(): Promise<void>
}

/** Of the built window; another folder measures another build of it. */
const RENDERER = process.env['PANDA_RENDERER'] ?? path.join(path.dirname(MIGRATIONS), 'renderer')

/** With `study`, the window finds one that no file holds. */
export async function openStage(
  dataDir: string,
  { study }: { readonly study?: InventedStudy } = {},
): Promise<Stage> {
  const host = createHost({
    dataDir,
    samplesDir: SAMPLES,
    migrationsDir: MIGRATIONS,
    workerUrl: WORKER,
  })
  const runListeners = new Set<(payload: Feeds['run:event']) => void>()
  const studyListeners = new Set<(payload: Feeds['study:event']) => void>()
  const spoken: Partial<Record<Feed, Set<unknown>>> = {
    'run:event': runListeners,
    'study:event': studyListeners,
  }
  const handlers: typeof host.handlers =
    study === undefined
      ? host.handlers
      : {
          ...host.handlers,
          'studies:list': () => [listedStudy(study.snapshot())],
          'study:show': () => study.snapshot(),
          'study:curves': (_, query) => study.curves(query),
        }
  const server = await startServer(
    {
      handlers,
      uploads: host.uploads,
      on<F extends Feed>(feed: F, listener: (payload: Feeds[F]) => void) {
        spoken[feed]?.add(listener)
        const off = host.on(feed, listener)
        return () => {
          spoken[feed]?.delete(listener)
          off()
        }
      },
    },
    { rendererDir: RENDERER },
  )
  return {
    url: server.url,
    handlers,
    say: (run, event) => {
      for (const listener of runListeners) listener({ run, event })
    },
    sayOfStudy: (event) => {
      const name = study?.snapshot().study ?? ''
      for (const listener of studyListeners) listener({ study: name, event })
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
