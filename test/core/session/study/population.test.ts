import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HyperparameterName } from '../../../../core/protocol/hyperparameters.ts'
import type { Point } from '../../../../core/protocol/space.ts'
import type { StudySnapshot, TrialSummary } from '../../../../core/protocol/study.ts'
import { lineageCheckpoints } from '../../../../core/store/checkpoints.ts'
import { readLineageMetrics, readMetrics } from '../../../../core/store/metrics.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import type { Bench } from '../harness.ts'
import { PLACES } from '../harness.ts'
import { newStudyBench } from './harness.ts'

/** Dropout, batch norm and a schedule: what is hard to take up bit for bit. */
const RUN = {
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
  day: { epochs: 1 },
}

const POPULATION = {
  seed: 5,
  run: RUN,
  method: 'population',
  trials: 5,
  parallel: 2,
  budget: { epochs: 4 },
  population: { every: { epochs: 1 }, share: 0.4 },
  space: {
    'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 0.3 },
    'hyperparameters.batch_size': { type: 'integer', low: 5, high: 40 },
    'hyperparameters.beta1': { type: 'real', low: 0.5, high: 0.99 },
    'network.layers.0.units': { type: 'integer', low: 4, high: 12 },
  },
}

const EVERY_6 = { every: { steps: 6 }, share: 0.4 }
const WILD = (rate: object) => ({ 'hyperparameters.learning_rate': rate })
const rateOf = (point: Point): Point => ({
  'hyperparameters.learning_rate': point['hyperparameters.learning_rate'] ?? 0,
})

/** What a study's file holds of its trials. */
function outcome(folder: string, name: string) {
  return inFile(folder, name, (db) => ({
    hashOf: (trial: TrialSummary) =>
      lineageCheckpoints(db, trial.branch).at(-1)?.parametersSha256 ?? '',
    costsOf: (trial: TrialSummary) => [...readLineageMetrics(db, trial.branch, 'cost').values],
    ownStepsOf: (trial: TrialSummary) => [...readMetrics(db, trial.branch, 'cost').steps],
    checkpointsOf: (trial: TrialSummary) => lineageCheckpoints(db, trial.branch).length,
  }))
}

function inFile<T>(
  folder: string,
  name: string,
  read: (db: ReturnType<typeof openForReading>) => T,
) {
  const db = openForReading(path.join(folder, `${name}.study`), { ...PLACES, kind: 'study' })
  const found = read(db)
  return { ...found, close: () => closeRun(db) }
}

const states = ({ trials }: StudySnapshot) => trials.map(({ state }) => state)

/** A copy and all it descends from, the founder first. */
function ancestry({ trials }: StudySnapshot, trial: TrialSummary): readonly TrialSummary[] {
  const { parent } = trial
  const before = parent === null ? undefined : trials[parent.trial - 1]
  return before === undefined ? [trial] : [...ancestry({ trials } as StudySnapshot, before), trial]
}

/** A run of the founder's config that a person nudges as the population did, up to where the trial begins. */
async function nudgedRun(bench: Bench, study: StudySnapshot, trial: TrialSummary, name: string) {
  const line = ancestry(study, trial)
  const point = line[0]?.point ?? {}
  const valuesOf = ({ point }: TrialSummary) =>
    Object.fromEntries(
      Object.entries(point).flatMap(([path, value]) =>
        path.startsWith('hyperparameters.') ? [[path.slice('hyperparameters.'.length), value]] : [],
      ),
    ) as { [K in HyperparameterName]?: number }
  const units = point['network.layers.0.units'] as never
  await bench.create(name, {
    ...RUN,
    hyperparameters: { ...RUN.hyperparameters, ...(line[0] && valuesOf(line[0])) },
    network: { layers: RUN.network.layers.with(0, { ...RUN.network.layers[0], units } as never) },
    threads: 1,
  })
  let at = 0
  for (const { parent, ...rest } of line.slice(1)) {
    const step = parent?.step ?? 0
    if (step > at) await bench.train(name, { steps: step - at })
    at = step
    await bench.host.handlers['run:nudge'](name, valuesOf(rest as TrialSummary))
  }
  return at
}

describe('a population', () => {
  test('breeds at every rung, and comes to the same bits however many train at once', async () => {
    const { create, runToEnd, folder } = newStudyBench()
    await create(POPULATION, 'one')
    await create(POPULATION, 'two')

    const one = await runToEnd('one', { parallel: 1 })
    const two = await runToEnd('two', { parallel: 2 })

    const [files, others] = [outcome(folder, 'one'), outcome(folder, 'two')]
    const told = ({ trials }: StudySnapshot, { hashOf, costsOf }: typeof files) =>
      trials.map(({ startedAt: _, endedAt: _ended, ...trial }, i) => ({
        ...trial,
        sha256: hashOf(trials[i] as TrialSummary),
        costs: costsOf(trials[i] as TrialSummary),
      }))
    expect(told(two, others)).toEqual(told(one, files))
    expect(one.trials).toHaveLength(5 + 3 * 2)
    expect(states(one).filter((state) => state === 'done')).toHaveLength(5)
    expect(states(one).filter((state) => state === 'replaced')).toHaveLength(6)
    const children = one.trials.filter(({ parent }) => parent !== null)
    expect(children).toHaveLength(6)
    for (const child of children) {
      const { parent, step, rung, budgetSteps, value } = child
      const from = one.trials[(parent?.trial ?? 0) - 1]
      expect(child.point['network.layers.0.units']).toBe(from?.point['network.layers.0.units'])
      expect(child.point).not.toEqual(from?.point)
      // The curve of the whole line, the copy's own part from the step after the fork on.
      expect(files.costsOf(child)).toHaveLength(step)
      expect(files.ownStepsOf(child)[0]).toBe((parent?.step ?? 0) + 1)
      expect(files.costsOf(child).slice(0, parent?.step)).toEqual(
        from && files.costsOf(from).slice(0, parent?.step),
      )
      expect(value).not.toBeNull()
      if (child.state === 'done') expect([step, rung]).toEqual([budgetSteps, 4])
    }
    const values = one.trials.map(({ value }) => value ?? Infinity)
    expect(values[(one.best ?? 0) - 1]).toBe(Math.min(...values))
    const own = one.trials.map((trial) => files.ownStepsOf(trial).length)
    expect(one.steps).toBe(own.reduce((sum, steps) => sum + steps, 0))
    files.close()
    others.close()
  })

  test('a copy trains as a run would that was nudged there, and so it does once adopted', async () => {
    const { create, runToEnd, studies, bench, folder } = newStudyBench()
    await create(POPULATION)
    const end = await runToEnd('s')
    const file = outcome(folder, 's')
    const trial = end.trials.findLast(({ parent }) => parent !== null)
    if (trial === undefined) throw new Error('nobody was copied')
    expect(ancestry(end, trial).length).toBeGreaterThanOrEqual(2)

    const at = await nudgedRun(bench, end, trial, 'nudged')
    await bench.train('nudged', { steps: trial.step - at })
    const there = await bench.host.handlers['run:show']('nudged')
    await bench.train('nudged', { steps: 13 })
    const adopted = await studies.adopt('s', trial.trial, { name: 'a', fromScratch: false })
    const before = await bench.host.handlers['run:show']('a')
    await bench.train('a', { steps: 13 })

    expect(file.hashOf(trial)).toBe(there.parametersSha256)
    file.close()
    expect(adopted).toMatchObject({ trial: trial.trial, step: trial.step })
    expect(before).toMatchObject({ step: trial.step, day: 1 })
    const [a, nudged] = [
      await bench.host.handlers['run:show']('a'),
      await bench.host.handlers['run:show']('nudged'),
    ]
    expect(a.parametersSha256).toBe(nudged.parametersSha256)
    expect(a.readings).toEqual(nudged.readings)
    for (const metric of ['cost', 'dev_cost', 'learning_rate'] as const) {
      const curve = (run: string) => bench.host.handlers['run:series'](run, { metric })
      expect(await curve('a')).toEqual(await curve('nudged'))
    }
    expect(before.journal.map((entry) => 'text' in entry && entry.text).join()).toContain(
      `it is a changed copy of trial ${trial.parent?.trial}`,
    )
    const verified = await bench.host.handlers['run:verify']('a', null)
    expect(verified.every(({ identical }) => identical)).toBe(true)
  })

  test('a copy that has yet to begin is adopted where it would, with its own hyperparameters', async () => {
    const { create, open, until, studies, bench } = newStudyBench()
    await create(POPULATION)
    const live = await open('s', { parallel: 1 })
    const born = until((event) => event.type === 'trial-changed' && event.trial.parent !== null)
    await live.call('resume')
    await born
    await live.call('pause')
    const half = await live.call('snapshot')
    await live.close()
    const trial = half.trials.findLast(({ state, parent }) => state === 'waiting' && parent)
    if (trial === undefined) throw new Error('nobody waits')

    const { step } = await studies.adopt('s', trial.trial, { name: 'a', fromScratch: false })
    const before = await bench.host.handlers['run:show']('a')
    const at = await nudgedRun(bench, half, trial, 'nudged')
    for (const run of ['a', 'nudged']) await bench.train(run, { steps: 9 })

    expect(step).toBe(at)
    expect(before.readings.learning_rate?.requested).toBe(
      trial.point['hyperparameters.learning_rate'],
    )
    const [a, nudged] = [
      await bench.host.handlers['run:show']('a'),
      await bench.host.handlers['run:show']('nudged'),
    ]
    expect(a.parametersSha256).toBe(nudged.parametersSha256)
  })

  test('a cancelled member leaves it; none joins after the first comparison; a new space is for copies', async () => {
    const { create, open, until } = newStudyBench()
    await create({ ...POPULATION, parallel: 1, budget: { steps: 60 }, population: EVERY_6 })
    const live = await open('s')
    await live.call('addTrials', 1)
    const born = until((event) => event.type === 'trial-changed' && event.trial.parent !== null)
    await live.call('resume')
    await born
    await live.call('pause')
    const { trials } = await live.call('snapshot')
    const replaced = trials.find(({ state }) => state === 'replaced')?.trial ?? 0
    const living = trials.filter(({ state }) => state === 'paused' || state === 'waiting')

    await expect(live.call('cancel', replaced)).rejects.toThrow(`trial ${replaced} is replaced`)
    await expect(live.call('addTrials', 1)).rejects.toThrow('only until its first comparison')
    const first = living[0]?.trial ?? 0
    await live.call('cancel', first)
    const rates = { type: 'real', low: 0.5, high: 0.6 } as const
    await expect(
      live.call('changeSpace', { 'network.layers.0.units': { ...rates, low: 0.1 } }),
    ).rejects.toThrow('nothing to change while it trains')
    await live.call('changeSpace', { 'hyperparameters.learning_rate': rates })
    const known = trials.length
    const next = until((event) => event.type === 'trial-changed' && event.trial.trial > known)
    await live.call('resume')
    await next
    await live.call('pause')
    const later = await live.call('snapshot')
    await live.close()

    expect(living).toHaveLength(6)
    expect(later.trials[first - 1]?.state).toBe('cancelled')
    const copies = later.trials.filter(({ parent, trial }) => parent !== null && trial > known)
    expect(copies.length).toBeGreaterThan(0)
    for (const { point, parent } of copies) {
      const from = later.trials[(parent?.trial ?? 0) - 1]?.point ?? {}
      expect(point['hyperparameters.learning_rate']).toBeGreaterThanOrEqual(0.5)
      expect(point).toEqual({ ...from, ...rateOf(point) })
    }
  })

  test('where a member cannot be built it leaves, where all diverge the study ends and says so', async () => {
    const { create, runToEnd, events, calls } = newStudyBench()
    const LINE = {
      ...RUN,
      network: { layers: [{ type: 'dense', units: 1 }] },
      loss: 'mean_squared_error',
      optimizer: 'gradient_descent',
      hyperparameters: { learning_rate: 0.01, batch_size: 4 },
    }
    const rates = (low: number, high: number) => ({ type: 'real', low, high })
    await create({ ...POPULATION, run: LINE, space: WILD(rates(300, 1_000)) }, 'wild')
    await create(
      {
        ...POPULATION,
        run: LINE,
        trials: 8,
        space: {
          'hyperparameters.learning_rate': rates(1e-3, 1e-2),
          'network.layers.0.units': { type: 'choice', values: [1, 2] },
        },
      },
      'half',
    )

    const wild = await runToEnd('wild')
    const notices = events.filter(({ type }) => type === 'notice')
    const half = await runToEnd('half')

    expect(states(wild)).toEqual(Array(5).fill('diverged'))
    expect(wild).toMatchObject({ state: 'done', best: null })
    expect(notices).toEqual([
      { type: 'notice', message: expect.stringContaining('has died out') as string },
    ])
    const failed = half.trials.filter(({ state }) => state === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.every(({ point }) => point['network.layers.0.units'] === 2)).toBe(true)
    expect(states(half).filter((state) => state === 'done')).toHaveLength(8 - failed.length)
    await expect(calls['study:change-space']('half', half.config.space)).rejects.toThrow(
      'the population has come to its end',
    )
    await expect(
      calls['study:adopt']('wild', { trial: 'best', from_scratch: true }),
    ).rejects.toThrow('no trial of wild could be measured')
  })
})
