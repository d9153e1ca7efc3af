import { expect, test } from 'vitest'
import { formatTrials } from '../../cli/output/trials.ts'
import { studyOf, trialOf } from '../renderer/search/curves-study.ts'

const RATE = 'hyperparameters.learning_rate'
const done = (rate: number, i: number) =>
  trialOf(i + 1, { state: 'done', value: 0.04 + 0.01 * i, point: { [RATE]: rate } })
const worse = [0.1, 0.03, 0.01, 0.003, 0.001, 3e-4]

test('trials that crowd at the end of a range say that better ones may lie beyond', () => {
  const text = formatTrials(studyOf([0.9, 0.7, 0.99, ...worse].map(done), { best: 1 }))

  expect(text.split('\n').slice(-2)).toEqual([
    'The best trials crowd at the upper end of learning_rate (1): better ones may lie beyond.',
    'Look there: panda search digits --space FILE',
  ])
})

test('of a study that has ended, looking beyond takes more trials too', () => {
  const parts = { best: 1, state: 'done' } as const
  const text = formatTrials(
    studyOf([0.9, 0.7, 0.99, ...worse].map(done), parts, { trials: 9, name: 'digits' }),
  )

  expect(text.split('\n').at(-1)).toBe(
    'Look there: panda search digits --space FILE, then panda search digits --trials 14',
  )
})

test('trials whose best lie within the space say no more than how far the search is', () => {
  const text = formatTrials(studyOf([0.2, 0.7, 0.99, ...worse].map(done), { best: 1 }))

  expect(text.split('\n').at(-1)).toBe(
    '9 of 9 trials ended, 0 steps in all; digits is running. Best: trial 1.',
  )
})

test('a trial that did best early on and then diverged is not the first', () => {
  const early = trialOf(1, { state: 'diverged', value: 0.01, reason: 'the cost is not finite' })
  const text = formatTrials(studyOf([early, done(0.1, 1), done(0.2, 2)], { best: 2 }))

  const [, ...rows] = text.split('\n')
  expect(rows.slice(0, 3).map((row) => row.trim().split(/\s+/)[0])).toEqual(['2', '3', '1'])
})
