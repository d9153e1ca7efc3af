import { setTimeout } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { LONG, LONG_STEPS, OUTLIER, makeLongRun } from './long-run.ts'
import { benchMemory } from './memory.ts'
import { openBrowser, openStage, untilPainted } from './stage.ts'
import type { Stage } from './stage.ts'
import { traceFrames } from './frames.ts'
import { liveMetrics } from './replay.ts'
import { benchWatching } from './watching.ts'
import { median, ms, quantile, row } from '../scene.ts'
import type { Row } from '../scene.ts'

const OPENINGS = 10
const VIEWPORT = { width: 1280, height: 800 }
/** A trained run tells at most this often. */
const TELL_MS = 80

const spread = (values: readonly number[]): string =>
  `median ${ms(median(values))}, 95 % ${ms(quantile(values, 0.95))}, max ${ms(Math.max(...values))}`

/** The window on a run of ten million steps: opening it, zooming and panning while it trains; and what watching costs. */
export async function benchWindow(): Promise<readonly Row[]> {
  const folder = await makeLongRun()
  const stage = await openStage(folder)
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'dark' })
  const rows: Row[] = []
  try {
    await page.goto(stage.url)
    await page.getByRole('link', { name: /long/ }).first().waitFor()
    rows.push(await opening(page))
    rows.push(await queries(stage))
    rows.push(...(await moving(stage, page)))
    rows.push(await outlier(page))
    rows.push(...(await benchMemory(stage, page)))
  } finally {
    await browser.close()
    await stage.close()
  }
  rows.push(...(await benchWatching()))
  return rows

  async function moving(on: Stage, at: Page): Promise<readonly Row[]> {
    const stop = replay(on)
    const acts: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
      ['zooming by wheel', zooming],
      ['panning by drag', panning],
      ['following live, hands off', () => setTimeout(5_000)],
    ]
    const measured: Row[] = []
    for (const [name, act] of acts) {
      const { work, elapsed, framesPerSecond } = await traceFrames(browser, at, () => act(at))
      measured.push(
        row(
          `main-thread work per frame, ${name}, live feed`,
          `median ${ms(median(work))}, 95 % ${ms(quantile(work, 0.95))}, max ${ms(Math.max(...work))}; ` +
            `by the clock 95 % ${ms(quantile(elapsed, 0.95))}; ${framesPerSecond.toFixed(0)} frames/s on software raster`,
        ),
      )
    }
    stop()
    return measured
  }
}

async function opening(page: Page): Promise<Row> {
  const times: number[] = []
  for (let i = 0; i < OPENINGS; i++) {
    times.push(await untilPainted(page, LONG))
    await page.evaluate(() => (location.hash = '#/'))
    await page.getByRole('link', { name: /long/ }).first().waitFor()
  }
  await untilPainted(page, LONG)
  return row('first paint of the curve after opening, 10 million steps', spread(times))
}

async function queries({ handlers }: Stage): Promise<Row> {
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    const span = LONG_STEPS / 4 ** (i % 6)
    const from = Math.floor(Math.random() * (LONG_STEPS - span))
    const begin = performance.now()
    await handlers['run:series'](LONG, { metric: 'cost', from, to: from + span, points: 1_600 })
    times.push(performance.now() - begin)
  }
  return row('a query of 1 600 points, any zoom, through the host', spread(times))
}

/** Speaks of training at ten thousand steps a second, twelve times a second, as a session would. */
function replay(stage: Stage): () => void {
  let step = LONG_STEPS
  stage.say(LONG, { branch: 'b1', step, type: 'state', state: { kind: 'running' } })
  const timer = setInterval(() => {
    const event = liveMetrics(step, 800)
    step = event.step
    stage.say(LONG, event)
  }, TELL_MS)
  return () => clearInterval(timer)
}

async function plotOf(page: Page) {
  const box = await page.locator('figure[data-points] canvas').first().boundingBox()
  if (box === null) throw new Error('the curve is not on screen')
  return { x: box.x + box.width * 0.62, y: box.y + box.height / 2, width: box.width }
}

async function zooming(page: Page): Promise<void> {
  const { x, y } = await plotOf(page)
  await page.mouse.move(x, y)
  for (let i = 0; i < 160; i++) {
    await page.mouse.wheel(0, i % 80 < 40 ? -40 : 40)
    await setTimeout(16)
  }
}

async function panning(page: Page): Promise<void> {
  const { x, y, width } = await plotOf(page)
  await page.mouse.move(x, y)
  for (let i = 0; i < 30; i++) await page.mouse.wheel(0, -60)
  await page.keyboard.down('Shift')
  await page.mouse.down()
  for (let i = 0; i < 160; i++) {
    await page.mouse.move(x - Math.sin(i / 25) * width * 0.3, y)
    await setTimeout(16)
  }
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await page.mouse.dblclick(x, y)
}

/** The one outlier among ten million is in what is drawn of the whole: the curve's own summary names it. */
async function outlier(page: Page): Promise<Row> {
  const summary = await page.getByRole('img', { name: /cost/i }).first().getAttribute('aria-label')
  return row(
    `what the whole curve says of itself (one cost of ${OUTLIER.cost} among all)`,
    summary ?? '',
  )
}
