import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { wordsOf } from '../../../../core/protocol/study.ts'
import type {
  StudyEvent,
  TrialEvent,
  TrialState,
  TrialSummary,
} from '../../../../core/protocol/study.ts'
import { Teller } from '../../../../core/session/study/teller.ts'

const changed = (trial: number, step: number, state: TrialState = 'running'): TrialEvent => ({
  type: 'trial-changed',
  trial: { trial, step, state, rung: 0 } as TrialSummary,
})
const metrics = (trial: number, step: number): TrialEvent => ({
  type: 'metrics',
  trial,
  step: Float64Array.of(step),
  min: Float64Array.of(-step),
  max: Float64Array.of(step * 10),
  mean: Float64Array.of(step / 10),
})

const evaluated = (trial: number, step: number): TrialEvent => ({
  type: 'evaluated',
  trial,
  step,
  devCost: 1 / step,
  devAccuracy: null,
})
const together = (...events: readonly TrialEvent[]): StudyEvent => ({ type: 'together', events })

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

    expect(told.length).toBeLessThanOrEqual(7)
    const words = told.flatMap(wordsOf)
    const costs = words.flatMap((word) => (word.type === 'metrics' ? [word] : []))
    const all = Array.from({ length: 100 }, (_, i) => i + 1)
    expect(costs.flatMap(({ step }) => [...step])).toEqual(all)
    expect(costs.flatMap(({ min }) => [...min])).toEqual(all.map((step) => -step))
    expect(costs.flatMap(({ max }) => [...max])).toEqual(all.map((step) => step * 10))
    expect(costs.flatMap(({ mean }) => [...mean])).toEqual(all.map((step) => step / 10))
    const changes = words.filter(({ type }) => type === 'trial-changed')
    expect(changes.at(-1)).toEqual(changed(1, 100))
  })

  test('of two hundred trials is one message, five times a second', () => {
    const { told, teller } = newTeller()
    const trials = Array.from({ length: 200 }, (_, i) => i + 1)
    for (const trial of trials) teller.hear(changed(trial, 1))
    told.length = 0

    for (let step = 2; step <= 11; step++) {
      for (const trial of trials) {
        teller.hear(changed(trial, step))
        teller.hear(metrics(trial, step))
      }
      vi.advanceTimersByTime(100)
    }

    expect(told).toHaveLength(5)
    for (const event of told) expect(wordsOf(event)).toHaveLength(400)
    const last = told.at(-1)
    expect(last && wordsOf(last).at(-1)).toEqual(changed(200, 11))
  })

  test('has what was measured in a message of its own: figures may be missed, that may not', () => {
    const { told, teller } = newTeller()
    teller.hear(changed(1, 1))
    teller.hear(changed(2, 1))
    told.length = 0

    teller.hear(metrics(1, 5))
    teller.hear(evaluated(1, 5))
    teller.hear(evaluated(2, 6))
    teller.hear(changed(2, 7))
    vi.advanceTimersByTime(200)

    expect(told).toEqual([
      together(evaluated(1, 5), evaluated(2, 6)),
      together(metrics(1, 5), changed(2, 7)),
    ])
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
    teller.hear(evaluated(1, 2))
    teller.hear(changed(1, 2))

    teller.hear(changed(1, 3, 'done'))
    const atOnce = [...told]
    vi.advanceTimersByTime(1_000)

    expect(atOnce).toEqual([
      changed(1, 1),
      together(evaluated(1, 2), metrics(1, 2), changed(1, 3, 'done')),
    ])
    expect(told).toEqual(atOnce)
  })

  test('is told whole before the study says that it stands', () => {
    const { told, teller } = newTeller()
    teller.hear(changed(1, 1))
    teller.hear(changed(2, 1))
    teller.hear(changed(1, 2))
    teller.hear(metrics(2, 2))
    told.length = 0

    teller.hear({ type: 'study-state', state: 'paused' })

    expect(told).toEqual([
      together(changed(1, 2), metrics(2, 2)),
      { type: 'study-state', state: 'paused' },
    ])
  })
})
