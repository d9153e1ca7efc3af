import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Advice, StudyInsight } from '../../core/protocol/study.ts'
import { studyOf, trialOf } from '../renderer/search/curves-study.ts'
import { fakeHost, panda, terminal } from './fake-host.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples')

const RATE = 'hyperparameters.learning_rate'
const UNITS = 'network.layers.0.units'
const INSIGHT: StudyInsight = {
  measured: 30,
  importance: [
    { path: RATE, share: 0.81, low: 0.67, high: 0.94 },
    { path: UNITS, share: 0.19, low: 0.06, high: 0.33 },
  ],
  rounds: [
    {
      from: 1,
      to: 15,
      sides: [
        { path: RATE, low: 1e-5, high: 1, isWidened: false },
        { path: UNITS, low: 16, high: 256, isWidened: false },
      ],
    },
    {
      from: 16,
      to: 30,
      sides: [
        { path: RATE, low: 0.00044, high: 0.0078, isWidened: false },
        { path: UNITS, low: 120, high: 256, isWidened: true },
      ],
    },
  ],
  surrogate: [
    {
      path: RATE,
      values: [1e-5, 0.00236, 1],
      mean: Float64Array.of(0.5, 0.0455, 0.9),
      deviation: Float64Array.of(0.1, 0.0029, 0.2),
    },
    {
      path: UNITS,
      values: [16, 256],
      mean: Float64Array.of(0.06, 0.0424),
      deviation: Float64Array.of(0.01, 0.004),
    },
  ],
}

const RANGE = { type: 'real', low: 1e-5, high: 1 } as const
const COUNT = { type: 'integer', low: 16, high: 256 } as const
const SNAPSHOT = studyOf([], {}, { space: { [RATE]: RANGE, [UNITS]: COUNT } })

describe('panda insight', () => {
  const told = (insight: StudyInsight, ...options: string[]) =>
    panda(
      ['insight', 'd', ...options],
      fakeHost({ 'study:insight': () => insight, 'study:show': () => SNAPSHOT }),
    )

  test('is a line for each hyperparameter, the one that matters most first', async () => {
    const { out, code } = await told(INSIGHT)

    expect(code).toBe(0)
    expect(out.trimEnd().split('\n')).toEqual([
      '30 trials measured.',
      '               importance      between  best near  dev error expected there          trials 16–30',
      'learning_rate        81 %  67 % – 94 %   0.002360           4.55 % ± 0.29 %  0.0004400 – 0.007800',
      'units                19 %   6 % – 33 %        256           4.24 % ± 0.40 %   120 – 256 (widened)',
    ])
  })

  test('costs stay figures; no belief is below 0, and a range of one value is that value', async () => {
    const side = { path: UNITS, low: 16, high: 16, isWidened: false }
    const [, last] = INSIGHT.surrogate
    const line = { path: UNITS, values: [16], mean: Float64Array.of(-0.1) }
    const insight = {
      ...INSIGHT,
      rounds: [{ from: 1, to: 15, sides: [side] }],
      surrogate: [{ ...last, ...line, deviation: Float64Array.of(0.25) }],
    }
    const host = fakeHost({
      'study:insight': () => insight,
      'study:show': () => ({ ...SNAPSHOT, measure: 'dev_cost' }),
    })

    const { out } = await panda(['insight', 'd'], host)

    expect(out).toMatch(/ {2}dev cost expected there {2}/)
    expect(out).toMatch(/^units +19 % +6 % – 33 % +16 +0 ± 0\.2500 +16$/m)
  })

  test('says how many trials lie outside the space as it is now', async () => {
    const trials = [1, 2, 3].map((trial) => trialOf(trial, { value: 0.1 * trial }))
    const host = fakeHost({
      'study:insight': () => ({ measured: 1, importance: null, rounds: [], surrogate: [] }),
      'study:show': () => ({ ...SNAPSHOT, trials }),
    })

    const { out } = await panda(['insight', 'd'], host)

    expect(out).toBe(
      '1 trial measured; 2 outside the present space say nothing. Too few to tell: it takes 5.\n',
    )
  })

  test('says when there are too few trials', async () => {
    const none = await told({ measured: 1, importance: null, rounds: [], surrogate: [] })
    const few = await told({ ...INSIGHT, measured: 6, importance: null, rounds: [] })

    expect(none.out).toBe('1 trial measured. Too few to tell: it takes 5.\n')
    expect(few.out).toMatch(/^6 trials measured\. Too few to tell what matters: it takes 8\.$/m)
    expect(few.out).toMatch(/^learning_rate +– +– +0\.002360/m)
  })

  test('--json writes the lines of the surrogate as arrays', async () => {
    const { json } = await told(INSIGHT, '--json')

    const { surrogate } = json as StudyInsight
    expect(surrogate[0]).toEqual({
      path: RATE,
      values: [1e-5, 0.00236, 1],
      mean: [0.5, 0.0455, 0.9],
      deviation: [0.1, 0.0029, 0.2],
    })
  })
})

describe('panda advise', () => {
  const ADVICE: Advice = {
    way: 'search-then-panda',
    reason: 'In 12 h 2 cores can raise 14 models.',
    stepMs: 1.5,
    trialStepMs: 2.5,
    stepsPerEpoch: 125,
    modelHours: 1,
    models: 14,
    parallel: 2,
    search: { trials: 30, parallel: 2, epochs: 2, steps: 250, stopsEarly: true, hours: 1 },
  }
  const NOON = new Date(2026, 4, 31, 12).getTime()
  const asked = async (...argv: string[]) => {
    const host = fakeHost({ 'search:advise': () => ADVICE })
    const used = terminal(host, { workingDir: EXAMPLES, now: () => NOON })
    return { host, told: await panda(['advise', 'digits.json', ...argv], host, used) }
  }

  test('asks with the config, and says which way and why', async () => {
    const { told, host } = await asked('--days', '0.5', '--epochs', '40', '--cores', '2')

    expect(host.calls[0]).toEqual([
      'search:advise',
      {
        config: expect.objectContaining({ optimizer: 'adam' }) as unknown,
        base: EXAMPLES,
        days: 0.5,
        epochs: 40,
        cores: 2,
      },
    ])
    expect(told.out).toMatch(
      /^A short search, then a panda\.\nIn 12 h 2 cores can raise 14 models\.$/m,
    )
    expect(told.out).toMatch(/^step on one thread +2\.50 ms$/m)
    expect(told.out).toMatch(/^search +30 trials, 2 at once$/m)
    expect(told.out).toMatch(
      /^each +2 epochs \(250 steps\), those that fall behind stopped early$/m,
    )
    expect(told.out).toMatch(/^takes +1h 00m, until 2026-05-31 13:00 if started now$/m)
  })

  test('says the plan of caviar too, and none where none is recommended', async () => {
    const search = { trials: 200, parallel: 4, epochs: 1, steps: 125, stopsEarly: false, hours: 50 }
    const tell = (advice: Advice) =>
      panda(['advise', 'd', '--days', '3'], fakeHost({ 'search:advise': () => advice }))

    const caviar = await tell({ ...ADVICE, way: 'caviar', search })
    const panda_ = await tell({ ...ADVICE, way: 'panda', search: null })

    expect(caviar.out).toMatch(/^Caviar\.$/m)
    expect(caviar.out).toMatch(/^search +200 trials, 4 at once$/m)
    expect(caviar.out).toMatch(/^each +1 epoch \(125 steps\), all to the end$/m)
    expect(caviar.out).toMatch(/^takes +2d 02h, until /m)
    expect(panda_.out).not.toMatch(/^(search|each|takes) /m)
  })

  test('of a run it is asked by the name', async () => {
    const host = fakeHost({ 'search:advise': () => ADVICE })

    await panda(['advise', 'd', '--days', '3'], host)

    expect(host.calls[0]?.[1]).toEqual({ run: 'd', days: 3, epochs: 20 })
  })

  test("a search's config is asked by the run in it", async () => {
    const host = fakeHost({ 'search:advise': () => ADVICE })
    const used = terminal(host, { workingDir: EXAMPLES })

    const told = await panda(['advise', 'digits-search.json', '--days', '3'], host, used)

    expect(told.code).toBe(0)
    expect(host.calls[0]?.[1]).toMatchObject({
      base: EXAMPLES,
      config: { data: { sample: 'digits' }, optimizer: 'adam' },
    })
  })

  test('takes 20 epochs where none are named, and answers in JSON', async () => {
    const { told, host } = await asked('--days', '3', '--json')

    expect(host.calls[0]?.[1]).toMatchObject({ days: 3, epochs: 20 })
    expect(host.calls[0]?.[1]).not.toHaveProperty('cores')
    expect(told.json).toEqual(ADVICE)
  })

  test.each([[[]], [['--days', '0']], [['--days', 'x']], [['--days', '1', '--cores', '0']]])(
    'refuses %j',
    async (argv) => {
      const { told, host } = await asked(...argv)

      expect(told.code).toBe(2)
      expect(host.calls.some(([name]) => name === 'search:advise')).toBe(false)
    },
  )
})
