import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../core/protocol/run.ts'
import { reduceSnapshot } from '../../renderer/run/snapshot.ts'
import { FakeRun, firstSnapshot } from './fake-run.ts'

const metrics = (branch: `b${number}`, firstStep: number, costs: readonly number[]): RunEvent => ({
  type: 'metrics',
  branch,
  step: firstStep + costs.length - 1,
  firstStep,
  costs: Float32Array.from(costs),
  epoch: (firstStep + costs.length - 1) / 125,
  day: 1,
  stepsPerSecond: 100,
  readings: firstSnapshot().readings,
  trainedMs: 5_000,
  dayTrainedMs: 1_000,
  memoryBytes: 2e8,
})

describe('a snapshot brought forward by events', () => {
  test('metrics move the step, the cost and the tip of the branch', () => {
    const after = reduceSnapshot(firstSnapshot(), metrics('b1', 1, [2.5, 2, 1.5]))

    expect(after).toMatchObject({ step: 3, cost: 1.5, stepsPerSecond: 100 })
    expect(after).toMatchObject({ trainedMs: 5_000, dayTrainedMs: 1_000, memoryBytes: 2e8 })
    expect(after.branches[0]?.tipStep).toBe(3)
  })

  test('a state may bring a new goal, and keeps the one there is otherwise', () => {
    const at = { branch: 'b1', step: 0 } as const
    const goal = { kind: 'step', step: 500 } as const
    const running = { kind: 'running' } as const

    const aimed = reduceSnapshot(firstSnapshot(), { ...at, type: 'state', state: running, goal })
    const paused = reduceSnapshot(aimed, {
      ...at,
      type: 'state',
      state: { kind: 'paused', reason: 'asked' },
    })

    expect(aimed.goal).toEqual(goal)
    expect(paused.goal).toEqual(goal)
  })

  test('a day that ends begins the next one where it ended', () => {
    const run = new FakeRun('digits', () => {})

    run.train(250)

    expect(run.snapshot).toMatchObject({ day: 3, dayFromStep: 250 })
  })

  test('a late event of a branch that was left changes nothing', () => {
    const before = reduceSnapshot(firstSnapshot(), metrics('b1', 1, [2.5, 2]))

    expect(reduceSnapshot(before, metrics('b2', 900, [9]))).toBe(before)
    expect(reduceSnapshot(before, metrics('b1', 1, [9]))).toBe(before)
  })

  test('an event heard twice adds its journal line, checkpoint and day once', () => {
    const heard: RunEvent[] = []
    const run = new FakeRun('digits', (event) => heard.push(event))
    run.train(125)
    run.nudge({ learning_rate: 0.002 })

    const repeatable = heard.filter(({ type }) => type !== 'metrics' && type !== 'evaluated')
    const twice = repeatable.reduce(reduceSnapshot, run.snapshot)

    expect(repeatable.length).toBeGreaterThan(2)
    expect(twice.journal).toEqual(run.snapshot.journal)
    expect(twice.checkpoints).toEqual(run.snapshot.checkpoints)
    expect(twice.days).toEqual(run.snapshot.days)
  })

  test('a nudge shows what is requested only once the event says so', () => {
    const run = new FakeRun('digits')

    run.nudge({ learning_rate: 0.02 })

    expect(run.snapshot.readings.learning_rate?.requested).toBe(0.02)
    expect(run.snapshot.journal.at(-1)).toMatchObject({ kind: 'nudge', firstStep: 1 })
  })

  test('a rollback moves the head to a new branch and takes the numbers of its checkpoint', () => {
    const run = new FakeRun('digits')
    run.train(300)

    run.rollback(run.targetOf('1'), 'too fast', 'rollback')

    expect(run.snapshot).toMatchObject({ branch: 'b2', step: 125, day: 2 })
    expect(run.snapshot.devCost).toBe(run.snapshot.days[0]?.devCost)
    expect(run.snapshot.branches.map(({ branch }) => branch)).toEqual(['b1', 'b2'])
  })

  test('the step never runs backwards by metrics alone', () => {
    const chunk = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 40 }))
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        let snapshot = firstSnapshot()
        for (const [first, count] of chunks) {
          const before = snapshot.step
          snapshot = reduceSnapshot(snapshot, metrics('b1', first, Array(count).fill(1)))
          expect(snapshot.step).toBeGreaterThanOrEqual(before)
        }
      }),
    )
  })
})
