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

test('trials whose best lie within the space say no more than how far the search is', () => {
  const text = formatTrials(studyOf([0.2, 0.7, 0.99, ...worse].map(done), { best: 1 }))

  expect(text.split('\n').at(-1)).toBe(
    '9 of 9 trials ended, 0 steps in all; digits is running. Best: trial 1.',
  )
})
