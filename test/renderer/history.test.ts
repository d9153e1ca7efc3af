import { describe, expect, test } from 'vitest'
import { epochScaleOf } from '../../renderer/chart/epochs.ts'
import { flagsOf } from '../../renderer/chart/flags.ts'
import { alertOf, healthOf } from '../../renderer/health/health.ts'
import { sentenceOf } from '../../renderer/journal/journal-text.ts'
import { dayCardsOf, ghostsOf, lineageOf, nudgesOf } from '../../renderer/run/lineage.ts'
import { FakeRun } from './fake-run.ts'

/** Four days, a bad nudge, two more days, and back to day 4; then on. */
function eventfulRun(): FakeRun {
  const run = new FakeRun('digits')
  run.train(500)
  run.nudge({ learning_rate: 0.02 })
  run.train(300)
  run.rollback(run.targetOf('4'), 'diverged', 'rollback')
  run.train(125)
  return run
}

describe('the history of a run that went back', () => {
  test('the lineage is the kept part of the old branch and the new one', () => {
    const { snapshot } = eventfulRun()

    expect(lineageOf(snapshot).map(({ branch, from, to }) => [branch, from, to])).toEqual([
      ['b1', 0, 500],
      ['b2', 500, 625],
    ])
  })

  test('what was left behind is one ghost, and going back to it makes the other one', () => {
    const run = eventfulRun()
    const { snapshot } = run
    expect(ghostsOf(snapshot.branches, lineageOf(snapshot))).toMatchObject([
      { branch: 'b1', from: 500, to: 800 },
    ])

    run.rollback(run.targetOf('b1:6'), null, 'rollback')

    const { branches } = run.snapshot
    expect(ghostsOf(branches, lineageOf(run.snapshot))).toMatchObject([
      { branch: 'b1', from: 750, to: 800 },
      { branch: 'b2', from: 500, to: 625 },
    ])
  })

  test('days of the ghost are marked and aimed at by their branch, the others by number', () => {
    const cards = dayCardsOf(eventfulRun().snapshot)

    expect(cards.map(({ target }) => target)).toEqual('0 1 2 3 4 b1:5 b1:6 5'.split(' '))
    expect(cards.filter(({ isGhost }) => isGhost).map(({ day }) => day)).toEqual([5, 6])
  })

  test('a day is compared with the day before it on the lineage, not with a ghost', () => {
    const cards = dayCardsOf(eventfulRun().snapshot)
    const [day4, day5] = [cards[4], cards.at(-1)]

    expect(day5?.delta).toBeCloseTo((day5?.devCost ?? 0) - (day4?.devCost ?? 0), 12)
  })

  test('a nudge that was left behind is no flag any more; the way back is', () => {
    const run = eventfulRun()
    expect(nudgesOf(run.snapshot)).toEqual([])

    run.nudge({ learning_rate: 0.0005 })

    const flags = flagsOf(run.snapshot).map(({ kind, step, label }) => [kind, step, label])
    expect(flags).toEqual([
      ['back', 500, 'back to day 4'],
      ['nudge', 626, 'α 0.001 → 5e-4'],
    ])
  })

  test('a nudge counts where the checkpoint that was returned to came after it', () => {
    const run = new FakeRun('digits')
    run.train(100)
    run.nudge({ learning_rate: 0.002 })
    const { checkpoint } = run.checkpoint('asked')

    run.rollback(run.targetOf(checkpoint), null, 'rollback')

    expect(nudgesOf(run.snapshot)).toHaveLength(1)
  })

  test('a day that is told before its last steps is no ghost', () => {
    const { snapshot } = eventfulRun()
    const behind = { ...snapshot, step: snapshot.step - 3 }

    expect(dayCardsOf(behind).at(-1)).toMatchObject({ day: 5, isGhost: false })
    expect(ghostsOf(behind.branches, lineageOf(behind))).toHaveLength(1)
  })

  test('the journal speaks in sentences', () => {
    const { snapshot } = eventfulRun()
    const sentences = snapshot.journal.map((entry) => sentenceOf(entry, snapshot))

    expect(sentences).toContain('Nudged α 0.001 → 0.02, from step 501.')
    expect(sentences).toContain('Went back to day 4 from step 800. diverged')
  })
})

test('epochs follow a nudge of the mini-batch size', () => {
  const run = new FakeRun('digits')
  run.train(250)
  run.nudge({ batch_size: 128 })

  const scale = epochScaleOf(run.snapshot)

  expect(scale.epochOf(125)).toBe(1)
  expect(scale.epochOf(250 + 63)).toBe(3)
  for (const step of [0, 60, 250, 251, 900]) {
    expect(scale.stepOf(scale.epochOf(step))).toBeCloseTo(step, 9)
  }
})

test('one word tells the state, with its reason, and a refused step raises an alert', () => {
  const run = new FakeRun('digits')
  run.state({ kind: 'running' })
  run.train(250)
  expect(healthOf(run.snapshot)).toMatchObject({ word: 'Learning', tone: 'good' })
  expect(healthOf(run.snapshot).reason).toMatch(/^dev cost fell \d+\.\d % in day 2$/)
  expect(alertOf(run.snapshot)).toBeNull()

  run.state({ kind: 'paused', reason: 'not-finite' })

  expect(healthOf(run.snapshot)).toMatchObject({ word: 'Paused', tone: 'bad' })
  expect(alertOf(run.snapshot)?.remedy).toMatch(/last good state is kept/)
})
