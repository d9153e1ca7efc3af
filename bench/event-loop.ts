import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { median, ms, newScene, row } from './scene.ts'
import type { Row } from './scene.ts'

const ROUNDS = 6
const ROUND_MS = 4_000

/** 99th percentile of the main thread's event-loop delay over one round, in ms. */
async function p99(): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  await setTimeout(ROUND_MS)
  histogram.disable()
  return histogram.percentile(99) / 1e6
}

/** The main thread while the worker trains on all cores, against idle, interleaved. */
export async function benchEventLoop(): Promise<readonly Row[]> {
  const scene = newScene()
  const { run } = await scene.createDigits('r')
  const idle: number[] = []
  const training: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    idle.push(await p99())
    await scene.handlers['run:train'](run, null)
    await scene.next((event) => event.type === 'metrics')
    training.push(await p99())
    await scene.handlers['run:pause'](run)
  }
  await scene.close()
  const above = training.map((value, round) => value - (idle[round] ?? Number.NaN))
  return [
    row('event-loop delay p99, idle', ms(median(idle))),
    row('event-loop delay p99, training', ms(median(training))),
    row('above idle, median (max)', `${ms(median(above))} (${ms(Math.max(...above))})`),
  ]
}
