import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { lineageCheckpoints } from '../../../../core/store/checkpoints.ts'
import { readMetrics } from '../../../../core/store/metrics.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { PLACES } from '../harness.ts'
import { STUDY, isOver, newStudyBench } from './harness.ts'

const opened = (folder: string, name = 's.study') =>
  openForReading(path.join(folder, name), { ...PLACES, kind: 'study' })

describe('a study', () => {
  test('raises every trial for its whole budget, and keeps curve and value of each', async () => {
    const { create, runToEnd, studies, folder, events } = newStudyBench()

    const end = await runToEnd(await create())

    expect(end.state).toBe('done')
    expect(end.measure).toBe('dev_error')
    expect(end.trials.map(({ state }) => state)).toEqual(Array(6).fill('done'))
    expect(end.trials.map(({ step }) => step)).toEqual(Array(6).fill(18))
    const values = end.trials.map(({ value }) => value ?? Infinity)
    expect(values[(end.best ?? 0) - 1]).toBe(Math.min(...values))
    expect(end.trials.every(({ devAccuracy, value }) => value === 1 - (devAccuracy ?? 9))).toBe(
      true,
    )
    expect(studies.show('s')).toEqual(end)
    expect(readdirSync(folder).toSorted()).toEqual(['rings.csv', 's.study'])
    const db = opened(folder)
    for (const { branch, cost } of end.trials) {
      const { steps, values: costs } = readMetrics(db, branch, 'cost')
      expect([...steps]).toEqual(Array.from({ length: 18 }, (_, i) => i + 1))
      expect(costs.at(-1)).toBe(cost)
      expect(readMetrics(db, branch, 'dev_cost').steps).toEqual(Float64Array.of(6, 12, 18))
    }
    closeRun(db)
    expect(events.some(({ type }) => type === 'metrics')).toBe(true)
  })

  test('comes to the same bits however many trials run at once', async () => {
    const { create, runToEnd } = newStudyBench()
    await create({}, 'one')
    await create({}, 'two')

    const [one, two] = [
      await runToEnd('one', { parallel: 1 }),
      await runToEnd('two', { parallel: 2 }),
    ]

    const costs = (end: typeof one) => end.trials.map(({ cost, point }) => ({ cost, point }))
    expect(costs(two)).toEqual(costs(one))
  })

  test('a trial that diverges, or can never be built, hurts no other', async () => {
    const { create, runToEnd } = newStudyBench()
    await create({
      method: 'grid',
      trials: 4,
      space: {
        'hyperparameters.learning_rate': { type: 'choice', values: [0.01, 1000] },
        'network.layers.1.units': { type: 'choice', values: [2, 3] },
      },
      run: {
        ...JSON.parse(JSON.stringify((await import('../harness.ts')).SMALL)),
        optimizer: 'gradient_descent',
        hyperparameters: { batch_size: 16 },
        network: {
          layers: [
            { type: 'dense', units: 8, activation: 'relu' },
            { type: 'dense', units: 2 },
          ],
        },
        loss: 'sparse_categorical_cross_entropy',
      },
      budget: { steps: 300 },
    })

    const end = await runToEnd('s')

    const by = (rate: number, units: number) =>
      end.trials.find(
        ({ point }) =>
          point['hyperparameters.learning_rate'] === rate &&
          point['network.layers.1.units'] === units,
      )
    expect(by(0.01, 2)).toMatchObject({ state: 'done', step: 300 })
    expect(by(0.01, 3)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('must have 2 units') as string,
    })
    expect(by(1000, 2)?.state).toMatch(/done|diverged/)
    expect(end.state).toBe('done')
  })

  test('a step that is not finite ends its trial with the reason; the others keep their bits', async () => {
    const { create, runToEnd, folder } = newStudyBench()
    const run = {
      ...STUDY.run,
      network: { layers: [{ type: 'dense', units: 1 }] },
      loss: 'mean_squared_error',
      optimizer: 'gradient_descent',
      hyperparameters: { batch_size: 16 },
    }
    const rates = (values: readonly number[]) => ({
      run,
      method: 'grid',
      trials: values.length,
      budget: { steps: 60 },
      space: { 'hyperparameters.learning_rate': { type: 'choice', values } },
    })
    await create(rates([0.001, 1_000, 0.01]), 'wild')
    await create(rates([0.001, 0.01]), 'tame')

    const wild = await runToEnd('wild')
    const tame = await runToEnd('tame')

    expect(wild.trials.map(({ state }) => state)).toEqual(['done', 'diverged', 'done'])
    expect(wild.trials[1]).toMatchObject({
      value: null,
      rung: 1,
      reason: expect.stringMatching(
        /^the (cost|gradient norm) of step \d+ is (Infinity|NaN)$/,
      ) as string,
    })
    expect(wild.trials[1]?.step).toBeLessThan(60)
    expect(wild.best).not.toBe(2)
    const bits = (name: string, trials: typeof wild.trials) => {
      const db = opened(folder, `${name}.study`)
      const found = trials.map(({ branch, value }) => ({
        value,
        sha256: lineageCheckpoints(db, branch).map(({ parametersSha256 }) => parametersSha256),
        costs: readMetrics(db, branch, 'cost'),
      }))
      closeRun(db)
      return found
    }
    const [first, , last] = wild.trials
    if (first === undefined || last === undefined) throw new Error('too few trials')
    expect(bits('wild', [first, last])).toEqual(bits('tame', tame.trials))
  })

  test('pauses within a step, saves, and goes on to the bits of one that never stopped', async () => {
    const { create, open, until, runToEnd } = newStudyBench()
    const settings = { trials: 2, budget: { steps: 12_000 } }
    await create(settings, 'whole')
    await create(settings, 'cut')
    const whole = await runToEnd('whole')

    const live = await open('cut')
    await live.call('resume')
    await until((event) => event.type === 'metrics')
    await live.call('pause')
    const paused = await live.call('snapshot')
    await live.close()
    const end = await runToEnd('cut')

    expect(paused.state).toBe('paused')
    expect(paused.trials.some(({ state, step }) => state === 'paused' && step < 12_000)).toBe(true)
    expect(end.trials.map(({ cost, devCost }) => [cost, devCost])).toEqual(
      whole.trials.map(({ cost, devCost }) => [cost, devCost]),
    )
  })

  test('takes more trials, gives one up, and moves to another space', async () => {
    const { create, open, until } = newStudyBench()
    await create({ trials: 2, parallel: 1, budget: { steps: 20_000 } })
    const live = await open('s')
    await live.call('resume')
    await until((event) => event.type === 'metrics')

    await live.call('cancel', 1)
    await live.call('pause')
    await live.call('cancel', 2)
    const space = {
      'hyperparameters.learning_rate': { type: 'real', low: 0.2, high: 0.3 },
    } as const
    await live.call('changeSpace', space)
    await expect(live.call('changeSpace', {})).rejects.toThrow('empty')
    await expect(live.call('cancel', 2)).rejects.toThrow('trial 2 is cancelled')
    await live.call('addTrials', 1)
    await live.call('resume')
    await until((event) => event.type === 'metrics' && event.trial === 3)
    await live.call('pause')
    const { trials, config, state } = await live.call('snapshot')
    await live.close()

    expect(state).toBe('paused')
    expect(config).toMatchObject({ trials: 3, space })
    expect(trials.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'paused'])
    expect(trials[2]?.point['hyperparameters.learning_rate']).toBeGreaterThanOrEqual(0.2)
    expect(Object.keys(trials[2]?.point ?? {})).toHaveLength(1)
  })

  test('runs fewer trials at once where memory is short, and says so', async () => {
    const small = { trialsMemoryBytes: 60 * 2 ** 20 }
    const { create, runToEnd, events } = newStudyBench(PLACES.workerUrl, small)
    await create({ trials: 3 })

    const end = await runToEnd('s')

    expect(end.trials.every(({ state }) => state === 'done')).toBe(true)
    const running = new Set<number>()
    for (const event of events) {
      if (event.type !== 'trial-changed') continue
      if (event.trial.state === 'running') running.add(event.trial.trial)
      else running.delete(event.trial.trial)
      expect(running.size).toBeLessThanOrEqual(1)
    }
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1)
  })

  test('stops early those that fall behind, and lets the best climb', async () => {
    const { create, runToEnd } = newStudyBench()
    await create({
      trials: 9,
      budget: { epochs: 9 },
      stop_early: { eta: 3, least: { epochs: 1 } },
    })

    const end = await runToEnd('s')

    const rungs = end.trials.map(({ rung }) => rung).toSorted()
    expect(rungs.filter((rung) => rung >= 1)).toHaveLength(9)
    expect(rungs.filter((rung) => rung >= 2).length).toBeGreaterThanOrEqual(3)
    expect(rungs.filter((rung) => rung === 3).length).toBeGreaterThanOrEqual(1)
    expect(end.steps).toBeLessThan(9 * 54 * 0.6)
    for (const { state, rung, step } of end.trials) {
      expect(state).toBe(rung === 3 ? 'done' : 'stopped-early')
      expect(step).toBe(6 * 3 ** (rung - 1))
    }
  })

  test('lets the best of too few for its rungs climb to the whole budget; trials added later find it there', async () => {
    const { create, runToEnd, calls } = newStudyBench()
    await create({ trials: 2, budget: { epochs: 9 }, stop_early: { eta: 3, least: { epochs: 1 } } })

    const first = await runToEnd('s')
    await calls['study:add-trials']('s', 1)
    const second = await runToEnd('s')

    const whole = first.trials.filter(({ rung }) => rung === 3)
    expect(first.trials.map(({ state }) => state).toSorted()).toEqual(['done', 'stopped-early'])
    expect(whole.map(({ trial, step }) => [trial, step])).toEqual([[whole[0]?.trial, 54]])
    expect(second.trials.filter(({ rung }) => rung === 3).length).toBeGreaterThanOrEqual(1)
    expect(second.trials).toHaveLength(3)
  })
})

test('a grid that is full says so, whatever trials are added', async () => {
  const { create, runToEnd, calls, events } = newStudyBench()
  await create({ method: 'grid', trials: 4, budget: { steps: 1 } })
  await runToEnd('s')
  const before = events.some(({ type }) => type === 'notice')

  await calls['study:add-trials']('s', 1)
  const end = await runToEnd('s')

  expect(before).toBe(false)
  expect(end.trials).toHaveLength(4)
  expect(events).toContainEqual({
    type: 'notice',
    message: 'The grid is full: that of 5 trials has no point that was not tried.',
  })
})

test('a study is done when its last trial ends while it is asked to pause', async () => {
  const { create, open, until } = newStudyBench()
  await create({ trials: 1, budget: { steps: 1 } })
  const live = await open('s')
  const over = until(isOver)
  await live.call('resume')
  await Promise.all([live.call('pause'), live.call('resume')])
  await live.call('resume')
  await over
  expect((await live.call('snapshot')).trials[0]?.state).toBe('done')
  await live.close()
})
