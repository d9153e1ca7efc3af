import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Advice } from '../../../../core/protocol/study.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { appendMetrics, readMetrics } from '../../../../core/store/metrics.ts'
import { listTrials } from '../../../../core/store/trials.ts'
import { curvesOf } from '../../../../core/session/study/trial-curves.ts'
import { openForWriting } from '../../../../core/store/open.ts'
import { PLACES, SMALL } from '../harness.ts'
import { newStudyBench } from './harness.ts'

/** A study's file, read as the questions read it. */
function readStudyFile(folder: string, study = 's') {
  return openForReading(path.join(folder, `${study}.study`), { ...PLACES, kind: 'study' })
}

describe('the curves of all trials', () => {
  test('are those of the file, one per trial, each no longer than asked for', async () => {
    const bench = newStudyBench()
    await bench.runToEnd(await bench.create({ trials: 3 }))

    const whole = await bench.calls['study:curves']('s', { metric: 'cost', points: 200 })
    const thin = await bench.calls['study:curves']('s', { metric: 'cost', points: 4 })
    const some = await bench.calls['study:curves']('s', {
      metric: 'dev_cost',
      points: 4,
      trials: [2, 9],
    })

    const db = readStudyFile(bench.folder)
    const costs = listTrials(db).map(({ branch }) => readMetrics(db, branch, 'cost', -1, 1e9))
    const devCosts = listTrials(db).map(({ branch }) =>
      readMetrics(db, branch, 'dev_cost', -1, 1e9),
    )
    closeRun(db)
    expect(whole.map(({ trial }) => trial)).toEqual([1, 2, 3])
    expect(whole.map(({ mean }) => [...mean])).toEqual(costs.map(({ values }) => [...values]))
    for (const [i, curve] of thin.entries()) {
      expect(curve.step).toHaveLength(4)
      expect(Math.min(...curve.min)).toBe(Math.min(...(costs[i]?.values ?? [])))
      expect(Math.max(...curve.max)).toBe(Math.max(...(costs[i]?.values ?? [])))
    }
    expect(some.map(({ trial, mean }) => [trial, ...mean])).toEqual([
      [2, ...(devCosts[1]?.values ?? [])],
    ])
  })

  test('leave out trials that have none, and read beside one who writes', async () => {
    const bench = newStudyBench()
    await bench.create()
    const db = readStudyFile(bench.folder)
    const before = curvesOf(db, { metric: 'cost' })
    const writer = openForWriting(path.join(bench.folder, 's.study'), { ...PLACES, kind: 'study' })
    const [trial] = listTrials(db)

    appendMetrics(writer, trial?.branch ?? 'b1', 'cost', {
      steps: Float64Array.of(1, 2),
      values: Float64Array.of(3, Number.NaN),
    })
    const after = curvesOf(db, { metric: 'cost' })

    closeRun(writer)
    closeRun(db)
    expect(before).toEqual([])
    expect(after.map(({ mean }) => [...mean])).toEqual([[3, Number.NaN]])
  })
})

describe('what a study says of its space', () => {
  test('comes from all its trials, the same each time, and goes with their number', async () => {
    const bench = newStudyBench()
    await bench.runToEnd(await bench.create({ trials: 9, method: 'coarse_to_fine' }))

    const insight = await bench.calls['study:insight']('s')

    expect(insight.measured).toBe(9)
    expect(insight.importance?.map(({ path: at }) => at).toSorted()).toEqual([
      'hyperparameters.learning_rate',
      'network.layers.0.units',
    ])
    expect(insight.rounds.map(({ from, to }) => [from, to])).toEqual([
      [1, 3],
      [4, 6],
      [7, 9],
    ])
    expect(insight.surrogate.map(({ values }) => values.length)).toEqual([60, 9])
    expect(await bench.calls['study:insight']('s')).toEqual(insight)
  })

  test('is nothing before there is a trial, and goes by the present space', async () => {
    const bench = newStudyBench()
    const study = await bench.create({ trials: 6 })
    const before = await bench.calls['study:insight'](study)
    await bench.runToEnd(study)
    await bench.calls['study:change-space'](study, {
      'hyperparameters.learning_rate': { type: 'real', low: 5, high: 6 },
      'network.layers.0.units': { type: 'integer', low: 4, high: 12 },
    })

    const after = await bench.calls['study:insight'](study)

    expect(before).toEqual({ measured: 0, importance: null, rounds: [], surrogate: [] })
    expect(after.measured).toBe(0)
  })
})

describe('panda or caviar, by measure', () => {
  const ask = (changes: object): Promise<Advice> => {
    const { calls, folder } = newStudyBench()
    const request = { config: SMALL, base: folder, days: 1, epochs: 10, ...changes }
    return Promise.resolve(calls['search:advise'](request))
  }

  test('times a step of the config and counts what fits', async () => {
    const advice = await ask({ cores: 2 })

    expect(advice).toMatchObject({
      way: 'caviar',
      stepsPerEpoch: 6,
      parallel: 2,
      search: { trials: 200, parallel: 2, epochs: 10, steps: 60, stopsEarly: false },
    })
    expect(advice.stepMs).toBeGreaterThan(0)
    expect(advice.stepMs).toBe(advice.trialStepMs) // its config asks for one thread
    // Its evaluations come on top of its steps.
    expect(advice.modelHours).toBeGreaterThan((advice.stepMs * 60) / 3_600_000)
    // To start 200 trials, and to evaluate them, takes longer than such steps alone.
    const steps = (100 * 60 * advice.trialStepMs) / 3_600_000
    expect(advice.search?.hours).toBeGreaterThan(steps)
    expect(advice.models).toBeGreaterThan(1_000)
  })

  test('less time than a model needs is said, with how much fits', async () => {
    const advice = await ask({ days: 1e-6, epochs: 1e6 })

    expect(advice.way).toBe('panda')
    expect(advice.reason).toMatch(/^One model of 1000000 epochs takes .* times the .* there are\./)
  })

  test('a config that is none, or cannot be built, is refused as a run of it would be', async () => {
    await expect(async () => ask({ config: { ...SMALL, loss: 'none' } })).rejects.toMatchObject({
      code: 'config/invalid',
    })
    const layers = [{ type: 'dense', units: 5 }]
    await expect(ask({ config: { ...SMALL, network: { layers } } })).rejects.toMatchObject({
      code: 'engine/invalid-model',
    })
  })
})
