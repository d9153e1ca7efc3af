import { median, ms, newScene, quantile, row } from './scene.ts'
import type { Row } from './scene.ts'

const ROUNDS = 5
const NUDGES = 60

/** Five epochs on the sample digits, one thread against two, interleaved. */
export async function benchTraining(): Promise<readonly Row[]> {
  const scene = newScene()
  const seconds: Record<1 | 2, number[]> = { 1: [], 2: [] }
  const firstCurve: number[] = []
  let accuracy: number | null = null
  for (let round = 0; round < ROUNDS; round++) {
    for (const threads of [1, 2] as const) {
      const clickedAt = performance.now()
      const { run } = await scene.createDigits(`r${round}-${threads}`, { threads })
      const moves = scene.next((event) => event.type === 'metrics' && event.step > 1)
      const done = scene.standstill()
      await scene.handlers['run:train'](run, { epochs: 5 })
      const startedAt = performance.now()
      await moves
      firstCurve.push(performance.now() - clickedAt)
      await done
      seconds[threads].push((performance.now() - startedAt) / 1000)
      accuracy = (await scene.handlers['run:show'](run)).devAccuracy
    }
  }
  await scene.close()
  const ratios = seconds[2].map((two, round) => two / (seconds[1][round] ?? Number.NaN))
  return [
    row('digits, 5 epochs, 1 thread', `${median(seconds[1]).toFixed(2)} s`),
    row('digits, 5 epochs, 2 threads', `${median(seconds[2]).toFixed(2)} s`),
    row('2 threads : 1 thread', median(ratios).toFixed(2)),
    row('dev accuracy after 5 epochs', String(accuracy)),
    row(
      'new run to a curve that moves',
      `${ms(median(firstCurve))} (max ${ms(Math.max(...firstCurve))})`,
    ),
  ]
}

/** How long a nudge takes until it is on disk and acknowledged, while training on all cores. */
export async function benchNudges(): Promise<readonly Row[]> {
  const scene = newScene()
  const { run } = await scene.createDigits('r')
  await scene.handlers['run:train'](run, null)
  await scene.next((event) => event.type === 'metrics')
  const times: number[] = []
  for (let nudge = 0; nudge < NUDGES; nudge++) {
    const askedAt = performance.now()
    await scene.handlers['run:nudge'](run, { learning_rate: 0.001 + nudge * 1e-6 })
    times.push(performance.now() - askedAt)
  }
  await scene.close()
  return [
    row('nudge acknowledged, median', ms(median(times))),
    row('nudge acknowledged, 95 %', ms(quantile(times, 0.95))),
    row('nudge acknowledged, max', ms(Math.max(...times))),
  ]
}
