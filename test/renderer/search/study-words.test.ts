import { describe, expect, test } from 'vitest'
import { studyFaultOf } from '../../../renderer/search/study-fault.ts'
import { studyHealth } from '../../../renderer/search/study-health.ts'
import { sentenceOf } from '../../../renderer/search/study-journal.ts'
import { shareDone, timeLeft } from '../../../renderer/search/study-pace.ts'
import { progressWords } from '../../../renderer/search/study-progress.ts'
import {
  describePoint,
  formatBudget,
  formatScalar,
  formatValue,
  shortNames,
} from '../../../renderer/search/trial-words.ts'
import { BORN_AT } from '../fake-run.ts'
import { SPACE, doneTrial, firstStudy, trialAt } from '../fake-study.ts'

describe('words and figures', () => {
  test('an error is written in percent, a cost with four figures', () => {
    expect(formatValue('dev_error', 0.0445)).toBe('4.45 %')
    expect(formatValue('dev_cost', 0.123456)).toBe('0.1235')
    expect(formatValue('dev_cost', 0.000012345)).toBe('1.234e−5')
    expect(formatValue('dev_cost', Number.POSITIVE_INFINITY)).toBe('∞')
    expect(formatValue('dev_error', null)).toBe('—')
  })

  test('near 1 a value keeps the digits that tell how near', () => {
    expect(formatScalar(0.9987654)).toBe('0.998765')
    expect(formatScalar(0.5123456)).toBe('0.512')
    expect(formatScalar(12_345)).toBe('12\u202f345')
    expect(formatScalar(0.000012345)).toBe('1.23e−5')
    expect(formatScalar(true)).toBe('yes')
    expect(formatScalar(undefined)).toBe('—')
  })

  test('a point is told by as much of its paths as tells them apart', () => {
    const point = { 'network.layers.0.units': 16, 'network.layers.1.units': 32, optimizer: 'adam' }

    expect(describePoint(point, shortNames(Object.keys(point)))).toBe(
      '0.units 16, 1.units 32, optimizer adam',
    )
  })

  test('progress says how many ended, how many run and what is best', () => {
    const trials = [doneTrial(1, 0.08), doneTrial(2, 0.0445), trialAt(3)]

    expect(progressWords({ ...firstStudy(), trials, best: 2 })).toBe(
      '2 of 12 trials · 1 running · best dev error 4.45 %, trial 2',
    )
    expect(progressWords(firstStudy())).toBe('0 of 12 trials')
  })
})

test('budgets are told in their own unit', () => {
  const words = [
    { steps: 450 },
    { epochs: 1 },
    { epochs: 0.5 },
    { minutes: 1.5 },
    { minutes: 0.05 },
  ]

  expect(words.map(formatBudget)).toEqual([
    '450 steps',
    '1 epoch',
    '0.5 epochs',
    '1.5 minutes',
    '3 seconds',
  ])
})

describe('how long a study still takes', () => {
  test('goes by the pace of its trials, over as many as run at once', () => {
    // Each took 9 s for 450 steps, 20 ms a step; 9 trials are to come, and half of one runs still.
    const trials = [
      doneTrial(1, 0.1),
      doneTrial(2, 0.2),
      trialAt(3, { step: 225 }),
      trialAt(4, { step: 225 }),
    ]
    const study = { ...firstStudy('s', 13), state: 'running' as const, trials }

    expect(timeLeft(study, BORN_AT)).toBeCloseTo(((2 * 225 + 9 * 450) * 20) / 2)
  })

  test('a trial that slept through a night does not spoil the guess', () => {
    const slept = { ...doneTrial(2, 0.2), endedAt: BORN_AT + 40_000_000 }
    const study = { ...firstStudy('s', 4), state: 'running' as const }
    const awake = [doneTrial(1, 0.1), doneTrial(2, 0.2), doneTrial(3, 0.3)]
    const trials = [doneTrial(1, 0.1), slept, doneTrial(3, 0.3)]

    expect(timeLeft({ ...study, trials }, BORN_AT)).toBe(timeLeft({ ...study, trials: awake }, 0))
  })

  test('of a budget in minutes, is what each trial has left of it', () => {
    const { config, ...rest } = { ...firstStudy('s', 4), state: 'running' as const }
    const trials = [1, 2].map((trial) => ({ ...trialAt(trial), startedAt: BORN_AT - 90_000 }))
    const study = { ...rest, config: { ...config, budget: { minutes: 2 } } }

    expect(timeLeft({ ...study, trials }, BORN_AT)).toBe((2 * 30_000 + 2 * 120_000) / 2)
    expect(timeLeft({ ...study, state: 'paused', trials }, BORN_AT)).toBeNull()
  })

  test('is not said while nothing is known, or nothing runs', () => {
    const running = { ...firstStudy(), state: 'running' as const }

    expect(timeLeft(running, BORN_AT)).toBeNull()
    expect(timeLeft({ ...running, trials: [trialAt(1)] }, BORN_AT)).toBeNull()
    expect(timeLeft({ ...firstStudy(), trials: [doneTrial(1, 0.1)] }, BORN_AT)).toBeNull()
  })

  test('of the share done, running trials have theirs', () => {
    const trials = [doneTrial(1, 0.1), trialAt(2, { step: 225 })]

    expect(shareDone({ ...firstStudy('s', 3), trials })).toBeCloseTo(0.5)
  })
})

describe('how a study is', () => {
  const lost = (trial: number) =>
    trialAt(trial, {
      state: 'diverged',
      reason: 'the cost is NaN',
      endedAt: BORN_AT + trial * 10_000,
    })

  test('five lost in a row are said, with what they died of; a good one among them ends it', () => {
    const running = { ...firstStudy(), state: 'running' as const }
    const bad = { ...running, trials: [doneTrial(1, 0.1), ...[2, 3, 4, 5, 6].map(lost)] }
    const mixed = {
      ...running,
      trials: [2, 3, 4, 5, 6].map(lost).with(3, { ...lost(5), state: 'done' as const }),
    }

    expect(studyHealth(bad)).toMatchObject({ word: 'Searching', tone: 'warn' })
    expect(studyFaultOf(bad, null, false)?.message).toBe(
      'The last 5 trials diverged or failed. Most often as in trial 2: the cost is NaN.',
    )
    expect(studyFaultOf(mixed, null, false)).toBeNull()
  })

  test('done, it says how many trials were lost: a warning where it was half of them', () => {
    const done = { ...firstStudy(), state: 'done' as const }
    const good = [doneTrial(1, 0.1), doneTrial(2, 0.2), doneTrial(3, 0.2)]

    expect(studyHealth({ ...done, trials: good })).toMatchObject({
      reason: 'every trial has ended',
      tone: 'calm',
    })
    expect(studyHealth({ ...done, trials: [...good, lost(4)] })).toMatchObject({
      reason: '1 of 4 trials diverged or failed',
      tone: 'calm',
    })
    expect(studyHealth({ ...done, trials: [...good, lost(4), lost(5), lost(6)] })).toMatchObject({
      reason: '3 of 6 trials diverged or failed',
      tone: 'warn',
    })
  })

  test('done without a result, it says why and what to do', () => {
    const done = { ...firstStudy(), state: 'done' as const, trials: [lost(1), lost(2)] }

    expect(studyHealth(done)).toEqual({
      word: 'Done',
      reason: 'no trial could be measured',
      tone: 'bad',
    })
    expect(studyFaultOf(done, null, false)).toMatchObject({
      message: expect.stringContaining('All trials ended without a result'),
      remedy: expect.stringContaining('Change the space'),
    })
  })

  test('one that was deleted under one’s eyes leads home', () => {
    const error = { code: 'session/no-such-study', message: 'gone', remedy: null } as const

    expect(studyFaultOf(firstStudy(), error, false)).toMatchObject({
      message: 'This study is not there any more.',
      ways: ['home'],
    })
    expect(studyFaultOf(firstStudy(), error, true)).toBeNull()
  })

  test('its journal says what a change of the space changed', () => {
    const to = {
      ...SPACE,
      'network.layers.0.units': { type: 'integer', low: 64, high: 128 },
    } as const

    expect(sentenceOf({ at: 0, kind: 'space-changed', from: SPACE, to })).toBe(
      'The space was changed: units 64 to 128, linear (before: 16 to 256, linear).',
    )
    expect(sentenceOf({ at: 0, kind: 'trials-added', trials: 1 })).toBe('1 trial was added.')
  })
})
