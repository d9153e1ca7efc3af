import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../core/protocol/run.ts'
import { MemoryGauge } from '../../../core/session/effort.ts'
import { newBench } from './harness.ts'
import type { Bench } from './harness.ts'

const show = (bench: Bench) => bench.host.handlers['run:show']('r')
const isMetrics = (event: RunEvent) => event.type === 'metrics'

async function curve(bench: Bench, metric: string) {
  const { step, mean } = await bench.host.handlers['run:series']('r', { metric })
  return { step: [...step], mean: [...mean] }
}

describe('effort', () => {
  test('is told with the costs, and the memory of the process while it trains', async () => {
    const bench = newBench()
    await bench.create('r', { day: { steps: 5 } })
    const created = await show(bench)
    await bench.train('r', { steps: 8 })
    const rested = await show(bench)

    const told = bench.events.filter(isMetrics).at(-1)
    expect(created).toMatchObject({ trainedMs: 0, dayTrainedMs: 0, memoryBytes: null })
    expect(told?.trainedMs).toBe(rested.trainedMs)
    expect(told?.dayTrainedMs).toBe(rested.dayTrainedMs)
    expect(told?.memoryBytes).toBeGreaterThan(10_000_000)
    expect(rested.memoryBytes).toBeNull()
    expect(rested.dayTrainedMs).toBeGreaterThan(0)
    expect(rested.trainedMs).toBeGreaterThan(rested.dayTrainedMs)
    expect(rested).toMatchObject({ day: 2, dayFromStep: 5 })
  })

  test('lasts: a run that is opened again has trained as long as before', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.train('r', { steps: 4 })
    const { trainedMs, dayTrainedMs } = await show(bench)
    await bench.close()

    expect(await show(bench.another())).toMatchObject({ trainedMs, dayTrainedMs })
  })

  test('reads the memory once a second', () => {
    let reads = 0
    const gauge = new MemoryGauge(() => ++reads)

    const seen = [0, 500, 999, 1_000, 1_500, 2_000].map((now) => gauge.bytesAt(now))

    expect(seen).toEqual([1, 1, 1, 2, 2, 3])
  })
})

describe('the curves of time', () => {
  test('have a point where training starts, at each end of a day and at each pause', async () => {
    const bench = newBench()
    await bench.create('r', { day: { steps: 5 } })
    await bench.train('r', { steps: 7 })
    await bench.close()
    const again = bench.another()
    await again.train('r', { steps: 2 })

    const trained = await curve(again, 'trained_seconds')
    const wall = await curve(again, 'wall_seconds')
    const { trainedMs } = await show(again)

    const { step } = trained
    expect(step[0]).toBe(1)
    // A slow machine may have more: a second has passed between two steps.
    expect(step).toEqual(expect.arrayContaining([5, 7, 8, 9]))
    expect(wall.step).toEqual(trained.step)
    expect(trained.mean.at(-1)).toBeCloseTo(trainedMs / 1_000, 9)
    for (const values of [trained.mean, wall.mean]) {
      expect(values.toSorted((a, b) => a - b)).toEqual(values)
    }
    // Between 7 and 8 lies a pause: the wall clock ran on, training time did not.
    const pause = (values: number[]) => values[step.indexOf(8)]! - values[step.indexOf(7)]!
    expect(pause(wall.mean)).toBeGreaterThan(pause(trained.mean))
  })

  test('have their points once, though a branch begins and a run stands still at a step that has one', async () => {
    const bench = newBench()
    await bench.create('r', { day: { steps: 5 } })
    await bench.train('r', { steps: 5 })
    await bench.host.handlers['run:rollback']('r', '1', { knobs: 'then' })
    await bench.host.handlers['run:rollback']('r', '0', { knobs: 'then' })
    await bench.train('r', { steps: 1 })

    expect((await curve(bench, 'trained_seconds')).step).toEqual([1])
  })

  test('count time that was trained after the newest good checkpoint', async () => {
    const bench = newBench()
    await bench.create('r', { day: { steps: 100 } })
    await bench.train('r', { steps: 9 })
    const { trainedMs, dayTrainedMs } = await show(bench)
    await bench.close()
    const db = new Database(path.join(bench.folder, 'r.panda'))
    db.exec(
      `UPDATE checkpoint_chunks SET body = zeroblob(length(body))
        WHERE checkpoint IN (SELECT id FROM checkpoints WHERE step > 0)`,
    )
    db.close()

    const again = bench.another()
    await again.host.handlers['run:checkpoint']('r')
    const recovered = await show(again)

    expect(recovered.step).toBe(9)
    expect(recovered.trainedMs).toBeCloseTo(trainedMs, 6)
    expect(recovered.dayTrainedMs).toBeCloseTo(dayTrainedMs, 6)
  })
})

describe('the goal', () => {
  test('is told when training starts, when it is changed and when it is over', async () => {
    const bench = newBench()
    await bench.create('r', { day: { steps: 100_000 } })
    const { handlers } = bench.host
    await handlers['run:train']('r', null)
    const open = (await show(bench)).goal
    const { step } = await handlers['run:train']('r', { steps: 1_000_000 })
    const far = (await show(bench)).goal
    const paused = bench.until((event) => event.type === 'state' && event.state.kind === 'paused')
    const { step: at } = await handlers['run:train']('r', { steps: 3 })
    await paused
    const end = await show(bench)

    expect(open).toBeNull()
    expect(far).toEqual({ kind: 'step', step: step + 1_000_000 })
    expect(end.step).toBe(at + 3)
    expect(end.goal).toBeNull()
    const told = bench.events.flatMap((event) =>
      event.type === 'state' && event.state.kind === 'running' ? [event.goal] : [],
    )
    expect(told).toEqual([
      null,
      { kind: 'step', step: step + 1_000_000 },
      { kind: 'step', step: at + 3 },
    ])
    expect(bench.events.at(-1)).toMatchObject({ type: 'state', goal: null })
  })
})
