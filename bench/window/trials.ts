import { setTimeout } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import type { StudyEvent } from '../../core/protocol/study.ts'
import { Teller } from '../../core/session/study/teller.ts'
import { median, ms, newFolder, quantile, row } from '../scene.ts'
import type { Row } from '../scene.ts'
import { traceFrames } from './frames.ts'
import type { FrameCosts } from './frames.ts'
import { inventStudy } from './invented-study.ts'
import type { InventedStudy } from './invented-study.ts'
import { openBrowser, openStage } from './stage.ts'

const TRIALS = 200
const RUNNING = 16
const BUDGET = 4_050
/** Each running trial has something to say so often; the study tells it when it tells of all. */
const TELL_MS = 200
/** A window stays open for days: its first seconds, while the browser compiles its code, are not watched. */
const WARM_UP_MS = 5_000
const WATCHED_MS = 20_000

const frameRow = (what: string, { work, elapsed, framesPerSecond }: FrameCosts): Row =>
  row(
    `main-thread work per frame, ${TRIALS} trials of which ${RUNNING} run, ${what}`,
    `median ${ms(median(work))}, 95 % ${ms(quantile(work, 0.95))}, 99 % ${ms(quantile(work, 0.99))}, ` +
      `max ${ms(Math.max(...work))}; by the clock 95 % ${ms(quantile(elapsed, 0.95))}; ` +
      `${framesPerSecond.toFixed(0)} frames/s on software raster`,
  )

/** Lets the trials train. Each speaks at its own moment; what is told, and when, is as a study tells it. */
function train(study: InventedStudy, steps: number, say: (event: StudyEvent) => void): () => void {
  let isOver = false
  const teller = new Teller(say)
  void (async () => {
    while (!isOver) {
      const events = study.advance(steps)
      const last = events.filter(({ type }) => type === 'trial-changed').length
      for (const event of events) {
        teller.hear(event)
        if (event.type === 'trial-changed') await setTimeout(TELL_MS / last)
      }
      if (events.length === 0) await setTimeout(TELL_MS)
    }
  })()
  return () => {
    isOver = true
  }
}

async function opened(page: Page, url: string, study: string): Promise<void> {
  await page.goto(url)
  await page.evaluate((name) => (location.hash = `#/study/${name}`), study)
  await page.locator(`figure[data-lines]:not([data-lines="0"])`).first().waitFor()
  await setTimeout(1_000)
}

/** Moves the pointer over the curves: each move looks for the nearest of 200 lines. */
async function hovering(page: Page): Promise<void> {
  const box = await page.locator('figure[data-lines] canvas').last().boundingBox()
  if (box === null) throw new Error('the curves are not on screen')
  const end = performance.now() + WATCHED_MS / 2
  for (let i = 0; performance.now() < end; i++) {
    const x = box.x + box.width * (0.5 + 0.4 * Math.sin(i / 19))
    await page.mouse.move(x, box.y + box.height * (0.5 + 0.3 * Math.sin(i / 13)))
    await setTimeout(16)
  }
}

/** The window on a study of 200 trials, 16 of which train and tell of it five times a second. */
export async function benchTrials(): Promise<readonly Row[]> {
  const acts: readonly {
    readonly what: string
    /** Of the 200, how many have ended; and how many steps pass between two words of one. */
    readonly ended: number
    readonly steps: number
    readonly act: (page: Page) => Promise<unknown>
  }[] = [
    {
      what: 'hands off',
      ended: TRIALS - RUNNING,
      steps: 12,
      act: () => setTimeout(WATCHED_MS),
    },
    {
      what: 'trials ending and beginning, axes growing',
      ended: 0,
      steps: 40,
      act: () => setTimeout(WATCHED_MS),
    },
    { what: 'the pointer over the lines', ended: TRIALS - RUNNING, steps: 12, act: hovering },
  ]
  const rows: Row[] = []
  const browser = await openBrowser()
  try {
    for (const { what, ended, steps, act } of acts) {
      const study = inventStudy({ trials: TRIALS, running: RUNNING, budget: BUDGET, ended })
      const stage = await openStage(newFolder(), { study })
      const page = await browser.newPage({
        viewport: { width: 1280, height: 800 },
        colorScheme: 'dark',
      })
      try {
        await opened(page, stage.url, study.snapshot().study)
        const stop = train(study, steps, stage.sayOfStudy)
        await setTimeout(WARM_UP_MS)
        rows.push(frameRow(what, await traceFrames(browser, page, () => act(page).then(() => {}))))
        stop()
      } finally {
        await page.close()
        await stage.close()
      }
    }
  } finally {
    await browser.close()
  }
  return rows
}
