import { describe, expect, test } from 'vitest'
import { newStudyBench } from './harness.ts'

/** Dropout, batch norm and a schedule: what is hard to take up bit for bit. */
const HARD = {
  seed: 7,
  data: { csv: 'rings.csv', label: 'ring' },
  network: {
    layers: [
      { type: 'dense', units: 8, activation: 'relu', batch_norm: true },
      { type: 'dropout' },
      { type: 'dense', units: 2 },
    ],
  },
  loss: 'sparse_categorical_cross_entropy',
  optimizer: 'adam',
  hyperparameters: { learning_rate: 0.01, batch_size: 20, dropout: 0.3, learning_rate_decay: 0.1 },
  day: { steps: 10 },
}

const trial = {
  run: HARD,
  trials: 2,
  budget: { steps: 23 },
  space: {
    'hyperparameters.learning_rate': { type: 'real', low: 1e-3, high: 0.1 },
    'network.layers.0.units': { type: 'integer', low: 4, high: 12 },
  },
}

describe('an adopted trial', () => {
  test('trains on to the bits of a run of its config that was never a trial', async () => {
    const { create, runToEnd, studies, bench } = newStudyBench()
    await create(trial)
    const { trials } = await runToEnd('s')
    const point = trials[1]?.point ?? {}

    const adopted = await studies.adopt('s', 2, { name: 'a', fromScratch: false })
    const before = await bench.host.handlers['run:show']('a')
    await bench.train('a', { steps: 27 })
    await bench.create('whole', {
      ...HARD,
      hyperparameters: {
        ...HARD.hyperparameters,
        learning_rate: point['hyperparameters.learning_rate'],
      },
      network: {
        layers: HARD.network.layers.with(0, {
          type: 'dense',
          units: point['network.layers.0.units'] as never,
          activation: 'relu',
          batch_norm: true,
        }),
      },
      threads: 1,
    })
    await bench.train('whole', { steps: 50 })

    const end = await bench.host.handlers['run:show']('a')
    const whole = await bench.host.handlers['run:show']('whole')
    expect(adopted).toMatchObject({ run: 'a', trial: 2, step: 23 })
    expect(before).toMatchObject({ step: 23, day: 1, state: { kind: 'idle' } })
    expect(end.step).toBe(50)
    expect(end.parametersSha256).toBe(whole.parametersSha256)
    const curve = (run: string) => bench.host.handlers['run:series'](run, { metric: 'cost' })
    expect(await curve('a')).toEqual(await curve('whole'))
    const verified = await bench.host.handlers['run:verify']('a', null)
    expect(verified.length).toBeGreaterThan(0)
    expect(verified.every(({ identical }) => identical)).toBe(true)
    await bench.host.handlers['run:rollback']('a', '0', { knobs: 'then' })
    expect((await bench.host.handlers['run:show']('a')).step).toBe(23)
  })

  test('from scratch begins at step 0 with its config alone', async () => {
    const { create, runToEnd, studies, bench } = newStudyBench()
    await create(trial)
    const { best, trials } = await runToEnd('s')

    const { run, trial: taken } = await studies.adopt('s', 'best', { fromScratch: true })
    await bench.train(run, { steps: 23 })
    const end = await bench.host.handlers['run:show'](run)

    expect(taken).toBe(best)
    expect(end.facts.config.threads).toBe(1)
    expect(end.cost).toBe(trials[(best ?? 0) - 1]?.cost)
  })

  test('a study is no run and a run is no study; what is not there cannot be adopted', async () => {
    const { create, studies, bench, folder } = newStudyBench()
    await create(trial)
    await bench.create('r')

    await expect(bench.host.handlers['run:show'](`${folder}/s.study`)).rejects.toThrow(
      'it is a study of many trials',
    )
    expect(() => studies.show(`${folder}/r.panda`)).toThrow('it is a run')
    expect(() => studies.show('nowhere')).toThrow('there is no study "nowhere"')
    await expect(studies.adopt('s', 9, { fromScratch: false })).rejects.toThrow('no trial 9')
    await expect(studies.adopt('s', 1, { fromScratch: false })).rejects.toThrow('no weights yet')
    await expect(studies.adopt('s', 'best', { fromScratch: false })).rejects.toThrow('measured')
  })
})
