import { setTimeout } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { LONG, LONG_STEPS } from './long-run.ts'
import { liveMetrics } from './replay.ts'
import { untilPainted } from './stage.ts'
import type { Stage } from './stage.ts'
import { row } from '../scene.ts'
import type { Row } from '../scene.ts'

/** An hour at ten a second. */
const EVENTS = 36_000
const SAMPLES = 12
/** Told this fast, an hour passes in a few minutes. */
const EVERY_MS = 4
const MB = 2 ** 20

/** The page's heap after garbage collection, over a replayed hour of live updates. */
export async function benchMemory(stage: Stage, page: Page): Promise<readonly Row[]> {
  await page.evaluate(() => (location.hash = '#/'))
  await page.getByRole('link', { name: /long/ }).first().waitFor()
  await untilPainted(page, LONG)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN) / MB
  }
  stage.say(LONG, { branch: 'b1', step: LONG_STEPS, type: 'state', state: { kind: 'running' } })
  const begin = performance.now()
  const heaps = [await heap()]
  let step = LONG_STEPS
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (let i = 0; i < EVENTS / SAMPLES; i++) {
      const event = liveMetrics(step, 50)
      step = event.step
      stage.say(LONG, event)
      await setTimeout(EVERY_MS)
    }
    heaps.push(await heap())
  }
  const minutes = (performance.now() - begin) / 60_000
  const later = heaps.slice(2)
  return [
    row(
      `the page's heap over ${EVENTS.toLocaleString('en')} live updates (an hour at 10 a second, in ${minutes.toFixed(1)} min)`,
      heaps.map((mb) => mb.toFixed(1)).join(', ') + ' MB',
    ),
    row(
      'growth over the last ten twelfths',
      `${((later.at(-1) ?? 0) - (later[0] ?? 0)).toFixed(2)} MB`,
    ),
  ]
}
