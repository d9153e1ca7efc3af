import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openBrowser, openStage, untilPainted } from './stage.ts'
import type { Stage } from './stage.ts'
import { DIGITS, median, newFolder, quantile, row } from '../scene.ts'
import type { Row } from '../scene.ts'

const PAIRS = 20
const WINDOW_MS = 2_500
const SETTLE_MS = 500
const RUN = 'watched'

/** Steps per second over a while. */
async function pace({ handlers }: Stage): Promise<number> {
  await setTimeout(SETTLE_MS)
  const [first, begin] = [(await handlers['run:show'](RUN)).step, performance.now()]
  await setTimeout(WINDOW_MS)
  const last = (await handlers['run:show'](RUN)).step
  return ((last - first) * 1_000) / (performance.now() - begin)
}

interface Watcher {
  start(): Promise<void>
  stop(): Promise<void>
}

/** A process that is connected and reads everything, or one that is not there. */
function draining({ url }: Stage): Watcher {
  let child: ReturnType<typeof fork> | null = null
  return {
    async start() {
      child = fork(path.join(import.meta.dirname, 'drain.ts'), [url], { stdio: 'inherit' })
      await once(child, 'message')
    },
    async stop() {
      const ended = child && once(child, 'exit')
      child?.kill('SIGTERM')
      await ended
    },
  }
}

/** The median share of speed that is lost while watched, with a bootstrap interval, over interleaved pairs. */
async function lossOf(stage: Stage, watcher: Watcher): Promise<string> {
  const ratios: number[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    // Which comes first changes, so that a machine that slows down favours neither.
    const paces: Partial<Record<'alone' | 'watched', number>> = {}
    for (const how of pair % 2 === 0 ? ['alone', 'watched'] : ['watched', 'alone']) {
      if (how === 'watched') await watcher.start()
      paces[how as 'alone' | 'watched'] = await pace(stage)
      if (how === 'watched') await watcher.stop()
    }
    ratios.push((paces.watched ?? NaN) / (paces.alone ?? NaN))
  }
  const medians = Array.from({ length: 2_000 }, () =>
    median(Array.from(ratios, () => ratios[Math.floor(Math.random() * ratios.length)] ?? NaN)),
  )
  const percent = (ratio: number) => `${((1 - ratio) * 100).toFixed(1)} %`
  return (
    `median loss ${percent(median(ratios))}, 95 % interval ` +
    `${percent(quantile(medians, 0.975))} to ${percent(quantile(medians, 0.025))}, ${PAIRS} pairs`
  )
}

/** What it costs training to be watched, and how often the window shows news. */
export async function benchWatching(): Promise<readonly Row[]> {
  const stage = await openStage(newFolder())
  const browser = await openBrowser()
  try {
    const config = JSON.parse(readFileSync(DIGITS, 'utf8')) as object
    const settings = { day: { hours: 24 }, evaluate_every: { epochs: 1_000_000 } }
    await stage.handlers['runs:create']({
      config: { ...config, ...settings },
      name: RUN,
      base: path.dirname(DIGITS),
    })
    await stage.handlers['run:train'](RUN, null)
    const drained = await lossOf(stage, draining(stage))
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const inChromium = await lossOf(stage, {
      async start() {
        await page.goto(stage.url)
        await page
          .getByRole('link', { name: /watched/ })
          .first()
          .waitFor()
        await untilPainted(page, RUN)
      },
      stop: async () => void (await page.goto('about:blank')),
    })
    await page.goto(stage.url)
    await page
      .getByRole('link', { name: /watched/ })
      .first()
      .waitFor()
    await untilPainted(page, RUN)
    const updates = await page.evaluate(async () => {
      const figure = document.querySelector('figure[data-last-step]')
      let changes = 0
      const observer = new MutationObserver((all) => (changes += all.length))
      if (figure !== null) observer.observe(figure, { attributeFilter: ['data-last-step'] })
      await new Promise((resolve) => window.setTimeout(resolve, 10_000))
      observer.disconnect()
      return changes / 10
    })
    return [
      row('training speed lost to a subscriber that drains every message', drained),
      row('training speed lost to a real Chromium on the same two cores', inChromium),
      row('redraws of a training run with news, per second', updates.toFixed(1)),
    ]
  } finally {
    await browser.close()
    await stage.close()
  }
}
