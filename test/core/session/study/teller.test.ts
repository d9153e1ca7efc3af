import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StudyEvent, TrialState, TrialSummary } from '../../../../core/protocol/study.ts'
import { Teller } from '../../../../core/session/study/teller.ts'

const changed = (trial: number, step: number, state: TrialState = 'running'): StudyEvent => ({
  type: 'trial-changed',
  trial: { trial, step, state, rung: 0 } as TrialSummary,
})
const metrics = (trial: number, step: number): StudyEvent => ({
  type: 'metrics',
  trial,
  step: Float64Array.of(step),
  min: Float64Array.of(-step),
  max: Float64Array.of(step * 10),
  mean: Float64Array.of(step / 10),
})

function newTeller() {
  const told: StudyEvent[] = []
  return { told, teller: new Teller((event) => told.push(event)) }
}

describe('what a study tells', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('of a trial that trains fast comes five times a second, and loses no cost', () => {
    const { told, teller } = newTeller()

    for (let step = 1; step <= 100; step++) {
      teller.hear(changed(1, step))
      teller.hear(metrics(1, step))
      vi.advanceTimersByTime(10)
    }
    teller.flush()

    const costs = told.flatMap((event) => (event.type === 'metrics' ? [event] : []))
    expect(costs.length).toBeLessThanOrEqual(7)
    const all = Array.from({ length: 100 }, (_, i) => i + 1)
    expect(costs.flatMap(({ step }) => [...step])).toEqual(all)
    expect(costs.flatMap(({ min }) => [...min])).toEqual(all.map((step) => -step))
    expect(costs.flatMap(({ max }) => [...max])).toEqual(all.map((step) => step * 10))
    expect(costs.flatMap(({ mean }) => [...mean])).toEqual(all.map((step) => step / 10))
    const changes = told.filter(({ type }) => type === 'trial-changed')
    expect(changes.length).toBeLessThanOrEqual(7)
    expect(changes.at(-1)).toEqual(changed(1, 100))
  })

  test('comes in time where nothing follows', () => {
    const { told, teller } = newTeller()
    teller.hear(changed(1, 1))

    teller.hear(changed(1, 2))
    const before = told.length
    vi.advanceTimersByTime(200)

    expect(before).toBe(1)
    expect(told.at(-1)).toEqual(changed(1, 2))
  })

  test('comes at once, and after the costs before it, where a trial ends', () => {
    const { told, teller } = newTeller()
    teller.hear(changed(1, 1))
    teller.hear(metrics(1, 2))
    teller.hear(changed(1, 2))

    teller.hear(changed(1, 3, 'done'))
    vi.advanceTimersByTime(1_000)

    expect(told).toEqual([changed(1, 1), metrics(1, 2), changed(1, 3, 'done')])
  })

  test('is told whole before the study says that it stands', () => {
    const { told, teller } = newTeller()
    teller.hear(changed(1, 1))
    teller.hear(changed(2, 1))
    teller.hear(changed(1, 2))
    teller.hear(metrics(2, 2))
    told.length = 0

    teller.hear({ type: 'study-state', state: 'paused' })

    expect(told).toEqual([changed(1, 2), metrics(2, 2), { type: 'study-state', state: 'paused' }])
  })
})
