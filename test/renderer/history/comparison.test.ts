import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, test } from 'vitest'
import {
  comparedOf,
  differingKnobs,
  ghostPicks,
  knobsAt,
  queriesOf,
} from '../../../renderer/history/comparison.ts'
import type { Pick } from '../../../renderer/history/comparison.ts'
import { useComparisonStore } from '../../../renderer/history/comparison-store.ts'
import { dayCardsOf } from '../../../renderer/run/lineage.ts'
import { FakeRun } from '../fake-run.ts'

/** Four days, a nudge, two more days; back to day 4 with another nudge; then on. */
function forkedRun(): FakeRun {
  const run = new FakeRun('digits')
  run.train(500)
  run.nudge({ learning_rate: 0.02 })
  run.train(300)
  run.rollback(run.targetOf('4'), 'diverged', 'rollback')
  run.nudge({ beta1: 0.95 })
  run.train(250)
  return run
}
const compare = ({ snapshot }: FakeRun, picks: readonly Pick[]) =>
  picks.flatMap((pick) => comparedOf(pick, snapshot, dayCardsOf(snapshot)) ?? [])

describe('comparing', () => {
  test('the ghost of the newest rollback is laid beside what came instead', () => {
    const run = forkedRun()

    const compared = compare(run, ghostPicks(run.snapshot) ?? [])

    expect(compared.map(({ branch, from, to, isGhost }) => [branch, from, to, isGhost])).toEqual([
      ['b1', 500, 800, true],
      ['b2', 500, 750, false],
    ])
  })

  test('after going back to a ghost, the two ways part where they last agreed', () => {
    const run = forkedRun()
    run.rollback(run.targetOf('b1:6'), null, 'rollback')
    run.train(125)

    expect(ghostPicks(run.snapshot)).toEqual([
      { kind: 'after', branch: 'b2', from: 500, to: 750 },
      { kind: 'after', branch: 'b3', from: 500, to: null },
    ])
  })

  test('there is no ghost to compare with where nothing was left behind', () => {
    const run = new FakeRun('digits')
    run.train(250)
    expect(ghostPicks(run.snapshot)).toBeNull()

    run.rollback(run.targetOf('2'), null, 'rollback')

    expect(ghostPicks(run.snapshot)).toBeNull()
  })

  test('only knobs that differ are told, each with its value', () => {
    const run = forkedRun()
    const compared = compare(run, [
      { kind: 'day', branch: 'b1', day: 4 },
      { kind: 'day', branch: 'b1', day: 5 },
      { kind: 'branch', branch: 'b2' },
    ])

    expect(differingKnobs(compared).map(({ name, values }) => [name, values])).toEqual([
      ['learning_rate', [0.001, 0.02, 0.001]],
      ['beta1', [0.9, 0.9, 0.95]],
    ])
  })

  test('a knob of a ghost is what its own nudges made it', () => {
    const run = forkedRun()

    expect(knobsAt(run.snapshot, 'b1', 800).get('learning_rate')).toBe(0.02)
    expect(knobsAt(run.snapshot, 'b1', 500).get('learning_rate')).toBe(0.001)
    expect(knobsAt(run.snapshot, 'b1', 800).get('beta1')).toBe(0.9)
  })

  test('curves are asked for in the same grain, whatever their lengths', () => {
    const run = forkedRun()
    const compared = compare(run, [
      { kind: 'branch', branch: 'b1' },
      { kind: 'day', branch: 'b2', day: 5 },
    ])

    const [whole, day] = queriesOf(compared, 'cost')

    expect(whole).toMatchObject({ branch: 'b1', from: 0, to: 800, points: 160 })
    expect(day).toMatchObject({ branch: 'b2', from: 500, to: 625, points: 25 })
  })

  test('what is not there is not compared', () => {
    expect(compare(forkedRun(), [{ kind: 'day', branch: 'b2', day: 1 }])).toEqual([])
  })
})

describe('what is picked', () => {
  test('is kept per run, each once, four at most, the oldest making way', () => {
    setActivePinia(createPinia())
    const store = useComparisonStore()
    store.open('digits')
    for (const day of [1, 2, 3, 1, 4, 5]) store.add({ kind: 'day', branch: 'b1', day })

    expect(store.picks.map((pick) => pick.kind === 'day' && pick.day)).toEqual([3, 1, 4, 5])
    store.remove('b1:4')
    store.open('digits')
    expect(store.picks).toHaveLength(3)
    store.open('two moons')

    expect(store.picks).toEqual([])
  })
})
