import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDataset } from '../../../../core/store/dataset.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { readRun } from '../../../../core/store/run.ts'
import { PLACES } from '../harness.ts'
import { STUDY, newStudyBench } from './harness.ts'

/** A study without what its trials are of. */
const { run: BASE, ...ASKED } = { ...STUDY, trials: 2 }

/** A run whose data came by an upload that is gone: nothing but its file holds them. */
async function benchOfUpload(settings = {}) {
  const bench = newStudyBench()
  const uploads = path.join(bench.folder, 'uploads')
  mkdirSync(uploads)
  const csv = path.join(uploads, 'rings.csv')
  writeFileSync(csv, readFileSync(path.join(bench.folder, 'rings.csv')))
  await bench.bench.create('r', { data: { csv, label: 'ring' }, seed: 11, ...settings })
  rmSync(uploads, { recursive: true })
  rmSync(path.join(bench.folder, 'rings.csv'))
  const fileOf = (name: string) => path.join(bench.folder, name)
  const createFrom = (config: object, name?: string) =>
    bench.calls['study:create']({ config, run: 'r', ...(name !== undefined && { name }) })
  return { ...bench, csv, fileOf, createFrom }
}

describe('a search of a run', () => {
  test('has its config, seed and split, and trains on the data in its file', async () => {
    const { createFrom, runToEnd, fileOf } = await benchOfUpload()
    const before = readFileSync(fileOf('r.panda'))

    const { study } = await createFrom(ASKED)
    const end = await runToEnd(study)

    expect(study).toBe('r-search')
    expect(end.trials.map(({ state, step }) => [state, step])).toEqual([
      ['done', 18],
      ['done', 18],
    ])
    expect(end.config.run).toMatchObject({ seed: 11, optimizer: 'adam' })
    expect(end.config.run).not.toHaveProperty('threads')
    const [of, with_] = [
      openForReading(fileOf('r.panda'), PLACES),
      openForReading(fileOf('r-search.study'), { ...PLACES, kind: 'study' }),
    ]
    expect(readDataset(with_)).toEqual(readDataset(of))
    expect(readRun(with_).facts).toEqual(readRun(of).facts)
    closeRun(of)
    closeRun(with_)
    expect(readFileSync(fileOf('r.panda')).equals(before)).toBe(true)
  })

  test('comes to the bits of one whose data still lie where they were', async () => {
    const { createFrom, runToEnd, fileOf } = await benchOfUpload()
    const whole = newStudyBench()
    await whole.create({ ...ASKED, run: { ...BASE, seed: 11 } })

    await createFrom(ASKED, 's')
    const [packed, there] = [await runToEnd('s'), await whole.runToEnd('s')]

    const bits = ({ trials }: typeof packed) => trials.map(({ cost, devCost }) => [cost, devCost])
    expect(bits(packed)).toEqual(bits(there))
    expect(readdirSync(path.dirname(fileOf('s'))).toSorted()).toEqual(['r.panda', 's.study'])
  })

  test('an adopted trial keeps the data, and trains on', async () => {
    const { createFrom, runToEnd, studies, bench, fileOf } = await benchOfUpload()
    await createFrom(ASKED, 's')
    await runToEnd('s')
    rmSync(fileOf('r.panda'))

    const { run, step } = await studies.adopt('s', 'best', { fromScratch: false })
    await bench.train(run, { steps: 6 })

    expect(step).toBe(18)
    expect((await bench.host.handlers['run:show'](run)).step).toBe(24)
    const evaluation = await bench.host.handlers['run:evaluate'](run, { on: 'dev' })
    expect(evaluation.examples).toBe(24)
  })

  test('a config with a run of its own trains that, on the data of the run', async () => {
    const { createFrom, csv, calls } = await benchOfUpload()
    const run = {
      ...BASE,
      data: { csv, label: 'ring', dev: 0.5 },
      optimizer: 'momentum',
      hyperparameters: { batch_size: 16 },
    }

    await createFrom({ ...ASKED, run }, 's')

    const { config, trainExamples } = await calls['study:show']('s')
    expect(config.run).toMatchObject({ optimizer: 'momentum', data: { dev: 0.5 } })
    expect(trainExamples).toBe(60)
  })

  test.each([
    ['other data', { data: { sample: 'digits' } }, 'the data are to be those of the run r'],
    ['another column', { data: { csv: 'CSV', label: 'x' } }, 'the data are to be those of the run'],
    [
      'a loss that wants numbers',
      { data: { csv: 'CSV', label: 'ring' }, loss: 'mean_squared_error' },
      'keeps its data for the loss sparse_categorical_cross_entropy',
    ],
  ])('a config of %s is refused, and nothing is written', async (_, changes, reason) => {
    const { createFrom, csv, folder } = await benchOfUpload()
    const given = { ...BASE, ...changes, data: { ...changes.data } }
    if ('csv' in given.data) given.data = { ...given.data, csv } as never

    await expect(createFrom({ ...ASKED, run: given })).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining(reason) as string,
    })
    expect(readdirSync(folder)).toEqual(['r.panda'])
  })

  test('a run that is not there is said to be so', async () => {
    const { calls } = newStudyBench()

    await expect(
      Promise.resolve().then(() => calls['study:create']({ config: ASKED, run: 'x' })),
    ).rejects.toMatchObject({ code: 'session/no-such-run' })
  })

  test('what the time is enough for can be asked of the run, too', async () => {
    const { calls } = await benchOfUpload()

    const advice = await calls['search:advise']({ run: 'r', days: 1, epochs: 10 })

    expect(advice).toMatchObject({ way: 'caviar', stepsPerEpoch: 6 })
  })
})
