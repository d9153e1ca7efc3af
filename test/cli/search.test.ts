import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { StudySnapshot } from '../../core/protocol/study.ts'
import { newStudyBench, STUDY } from '../core/session/study/harness.ts'
import { PLACES } from '../core/session/harness.ts'
import { createHost } from '../../core/session/host.ts'
import { fakeHost, panda, terminal } from './fake-host.ts'

/** A terminal in a folder with a study's config and its data. */
function place(settings: object = {}) {
  const { folder, bench, host: window } = newStudyBench()
  writeFileSync(path.join(folder, 's.json'), JSON.stringify({ ...STUDY, ...settings }))
  const host = fakeHost({})
  const trash = async (file: string) => renameSync(file, `${file}-thrown`)
  const newTerminal = () =>
    terminal(host, {
      workingDir: folder,
      defaultDataDir: folder,
      createHost: (dataDir) => createHost({ dataDir, ...PLACES, trash }),
    })
  const run = (...argv: string[]) => panda(argv, host, newTerminal())
  return { folder, bench, window, host, newTerminal, run }
}

const NARROW = { 'hyperparameters.learning_rate': { type: 'real', low: 0.01, high: 0.02 } }
const bytesOf = (folder: string) => readFileSync(path.join(folder, 's.study'))

describe('panda search', () => {
  test('runs a study with a line per trial and a table, and one of its trials becomes a run', async () => {
    const { run, bench } = place()

    const searched = await run('search', 's.json', '--trials', '3')

    expect(searched.err).toBe('')
    expect(searched.code).toBe(0)
    expect(searched.out).toMatch(/^Created s \(.*s\.study\)\.$/m)
    expect(searched.out).toMatch(/^trial 1 running: learning_rate [\d.e-]+, units \d+$/m)
    expect(searched.out.match(/^trial \d done, step 18, dev error [\d.]+ %$/gm)).toHaveLength(3)
    expect(searched.out).toMatch(
      /^3 of 3 trials ended, 54 steps in all; s is done\. Best: trial \d\.$/m,
    )

    const more = await run('search', 's', '--trials', '4')
    expect(more.out).toMatch(/^trial 4 done, step 18/m)
    expect(more.out).toMatch(/^4 of 4 trials ended/m)

    const csv = (await run('trials', 's', '--csv')).out.trim().split('\n')
    expect(csv).toHaveLength(5)
    expect(csv[0]).toContain('hyperparameters.learning_rate,network.layers.0.units')
    const told = (await run('trials', 's', '--json')).json as StudySnapshot
    expect(told.trials.map(({ state }) => state)).toEqual(Array(4).fill('done'))

    const adopted = await run('adopt', 's', 'best', '--json')
    expect(adopted.json).toMatchObject({ run: `s ${told.best}`, trial: told.best, step: 18 })
    expect((await bench.host.handlers['run:show'](`s ${told.best}`)).step).toBe(18)
    const again = await run('adopt', 's', '1', '--from-scratch', '--name', 'fresh')
    expect(again.out).toContain('It is trial 1 at step 0.')
  })

  test('Ctrl-C pauses and saves; by its name the study goes on, and takes more trials', async () => {
    const { newTerminal, run, host } = place({ trials: 2, budget: { steps: 8_000 } })
    const used = newTerminal()
    const searching = panda(['search', 's.json'], host, used)
    await expect.poll(() => used.out(), { timeout: 30_000 }).toContain('trial 1 running')

    used.stop()
    const first = await searching
    const paused = (await run('trials', 's', '--json')).json as StudySnapshot
    const second = await run('search', 's', '--trials', '3', '--json')

    expect(first.code).toBe(0)
    expect(first.out).toContain('Saved. Go on: panda search s')
    expect(paused.state).toBe('paused')
    const lines = second.out.trim().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      event: 'stopped',
      state: 'done',
      steps: 24_000,
      trials: [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
    })
  })

  test('a run is searched by its name alone, on the data in its file', async () => {
    const { run, bench, folder } = place()
    await bench.create('r')
    rmSync(path.join(folder, 'rings.csv'))

    const searched = await run('search', '--from', 'r', '--trials', '2', '--epochs', '1', '--json')
    const [created, last] = [searched.lines[0], searched.lines.at(-1)]
    const { config } = (await run('trials', 'r-search', '--json')).json as StudySnapshot

    expect(created).toMatchObject({ event: 'created', study: 'r-search', trials: 2, notes: [] })
    expect(last).toMatchObject({ state: 'done', trials: [{ state: 'done' }, { state: 'done' }] })
    expect(Object.keys(config.space)).toEqual([
      'hyperparameters.learning_rate',
      'hyperparameters.batch_size',
      'network.layers.0.units',
      'hyperparameters.beta1',
    ])
    expect(config).toMatchObject({ method: 'random', budget: { epochs: 1 }, run: { seed: 7 } })
    expect(config).not.toHaveProperty('stop_early')
  })

  test('what was left to do of a study that has ended, and how to go on, is said', async () => {
    const { run, folder } = place({ trials: 3 })
    await run('search', 's.json')
    writeFileSync(path.join(folder, 'narrow.json'), JSON.stringify(NARROW))

    const again = await run('search', 's')
    const fewer = await run('search', 's', '--trials', '2')
    const moved = await run('search', 's', '--space', 'narrow.json')
    const idle = await run('search', 's', '--pause')
    const both = await run('trials', 's', '--csv', '--json')
    await run('adopt', 's', '2')
    const twice = await run('adopt', 's', '2')

    expect(again.code).toBe(0)
    expect(again.out).toContain('Nothing was left to do. More trials: panda search s --trials 5\n')
    expect(fewer).toMatchObject({
      code: 1,
      err: expect.stringContaining('s is to have 3 trials already; 2 would be fewer. Name more'),
    })
    expect(moved.out).toBe(
      'Later trials of s are drawn from the new space. It has ended; for more: panda search s --trials 5\n',
    )
    expect(idle.out).toBe('s was not searched. All its trials have ended.\n')
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('either CSV or JSON') })
    expect(twice).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists already. Name the run otherwise: --name NAME.'),
    })
  })

  test('a search without a result says why, and what to do', async () => {
    const rate = { 'hyperparameters.learning_rate': { type: 'real', low: 900, high: 1000 } }
    const units = { 'network.layers.1.units': { type: 'integer', low: 7, high: 9 } }
    const relu = { type: 'dense', units: 8, activation: 'relu' }
    const network = { layers: [relu, relu, relu, { type: 'dense', units: 2 }] }
    const run = { ...STUDY.run, network, optimizer: 'gradient_descent', hyperparameters: {} }
    const wild = place({ run, space: rate, trials: 2 })
    const unbuildable = place({ space: units, trials: 2 })

    const diverged = await wild.run('search', 's.json')
    const failed = await unbuildable.run('search', 's.json', '--json')

    expect([diverged.code, failed.code]).toEqual([1, 1])
    expect(diverged.err).toBe(
      'panda: no trial of s could be measured (2 diverged). Search smaller learning rates.\n',
    )
    expect(failed.err).toBe(
      'panda: no trial of s could be measured (2 could not be trained). ' +
        'Mend what the reasons in the list say.\n',
    )
  })

  test('a trial that climbs on says from which step, its values having been said', async () => {
    const { run } = place({
      trials: 4,
      parallel: 1,
      budget: { steps: 18 },
      stop_early: { eta: 2, least: { steps: 6 } },
    })

    const { out } = await run('search', 's.json')

    expect(out).toMatch(/^trial \d running on from step 6$/m)
    expect(out.match(/^trial \d running: learning_rate [\d.e-]+, units \d+$/gm)).toHaveLength(4)
  })

  test('a space that is searched otherwise than its author may think says so', async () => {
    const space = { 'hyperparameters.learning_rate': { type: 'real', low: 0, high: 0.1 } }
    const { run, folder } = place({ space, trials: 1 })
    writeFileSync(path.join(folder, 'space.json'), JSON.stringify(space))
    const note = 'learning_rate is drawn on a linear scale, as a logarithm cannot reach 0'

    const told = await run('search', 's.json')
    const inJson = await run('search', 's.json', '--name', 't', '--json')
    const moved = await run('search', 's', '--space', 'space.json')
    const movedJson = await run('search', 's', '--space', 'space.json', '--json')

    expect(told.err).toContain(`panda: ${note}`)
    expect(inJson.lines[0]).toMatchObject({ notes: [expect.stringContaining(note)] })
    expect(moved.err).toContain(`panda: ${note}`)
    expect(movedJson.json).toMatchObject({ notes: [expect.stringContaining(note)] })
  })

  test("a run takes the place of a config's, which says all else", async () => {
    const { run, bench, folder } = place({ trials: 1 })
    await bench.create('r', { seed: 23 })
    rmSync(path.join(folder, 'rings.csv'))

    const searched = await run('search', 's.json', '--from', 'r')
    const { config, trials } = (await run('trials', 's', '--json')).json as StudySnapshot

    expect(searched.code).toBe(0)
    expect(trials.map(({ state }) => state)).toEqual(['done'])
    expect(config).toMatchObject({ space: STUDY.space, budget: STUDY.budget, run: { seed: 23 } })
  })

  test('a method leaves out what only another one can have, and says so', async () => {
    const stop = { stop_early: { eta: 3, least: { epochs: 1 } } }
    const bred = { method: 'population', population: { every: { epochs: 1 } }, trials: 2 }
    const toPopulation = place({ ...stop, trials: 2 })
    const toRandom = place(bred)

    const one = await toPopulation.run('search', 's.json', '--method', 'population')
    const two = await toRandom.run('search', 's.json', '--method', 'random', '--json')
    const plain = await place(stop).run('search', 's.json', '--method', 'sobol', '--trials', '1')

    expect(one.code).toBe(0)
    expect(one.err).toBe(
      "panda: the config's stop_early is left out: a population has its own way to give up trials\n",
    )
    expect(two.lines[0]).toMatchObject({
      event: 'created',
      notes: ["the config's population is left out: it says how one is bred, not how random works"],
    })
    expect(plain.err).toBe('')
  })

  test('a study that another process searches is watched, widened, narrowed and paused from here', async () => {
    const { run, window, folder } = place()
    const { handlers } = window
    const config = { ...STUDY, trials: 2, budget: { steps: 1_000_000 } }
    await handlers['study:create']({ config, name: 's', base: folder })
    await handlers['study:resume']('s')
    writeFileSync(path.join(folder, 'list.json'), '[]')

    const wrong = await run('search', 's', '--space', 'list.json')
    const again = await run('search', 's')
    const added = await run('search', 's', '--trials', '3')
    writeFileSync(path.join(folder, 'narrow.json'), JSON.stringify(NARROW))
    const moved = await run('search', 's', '--space', 'narrow.json')
    const cancelled = await run('trials', 's', '--cancel', '1')
    const listed = await run('studies')
    const refused = await run('delete', 's.study')
    const paused = await run('search', 's', '--pause')
    const end = await handlers['study:show']('s')

    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringContaining('"space" must be an object, not []'),
    })
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringMatching(/s is searched already.*panda trials s.*panda search s --pause/),
    })
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining('goes on to 3 trials') })
    expect(moved.out).toContain('It is searched on.')
    expect(cancelled.out).toMatch(/^ +1 +cancelled/m)
    expect(listed.out).toMatch(/^s +running +random +1 of 3 +2 /m)
    expect(refused.err).toContain('s is searched now')
    expect(paused.out).toBe('Paused and saved. Go on: panda search s\n')
    expect(end).toMatchObject({ state: 'paused', config: { trials: 3, space: NARROW } })
    expect(end.trials.map(({ state }) => state)).toEqual(['cancelled', 'paused', 'paused'])
    expect(end.trials[2]?.point).toEqual({
      'hyperparameters.learning_rate': expect.closeTo(0.015, 2) as number,
    })
  })

  test('a resting study is changed, renamed and thrown away; a refusal leaves it as it was', async () => {
    const { run, window, folder } = place()
    await window.handlers['study:create']({ config: STUDY, name: 's', base: folder })
    writeFileSync(path.join(folder, 'narrow.json'), JSON.stringify(NARROW))
    writeFileSync(path.join(folder, 'empty.json'), '{}')
    const before = bytesOf(folder)

    const empty = await run('search', 's', '--space', 'empty.json')
    const unknown = await run('trials', 's', '--cancel', '9')
    const idle = await run('search', 's', '--pause')
    const untouched = bytesOf(folder)
    writeFileSync(path.join(folder, 'whole.json'), JSON.stringify({ ...STUDY, space: NARROW }))
    const moved = await run('search', 's', '--space', 'whole.json', '--json')
    const cancelled = await run('trials', 's', '--cancel', '1', '--json')
    const renamed = await run('rename', 's.study', 'digits')
    const listed = await run('studies', '--json')
    const thrown = await run('delete', 'digits.study')

    expect(empty).toMatchObject({ code: 1, err: expect.stringContaining('the space is empty') })
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('no trial 9') })
    expect(idle).toMatchObject({ code: 0, out: 's was not searched. Go on: panda search s\n' })
    expect(untouched.equals(before)).toBe(true)
    expect(moved.json).toEqual({ study: 's', state: 'paused', space: NARROW })
    expect(cancelled.json).toMatchObject({ trials: [{ state: 'cancelled' }] })
    expect(renamed.out).toBe('It is digits now.\n')
    expect(listed.json).toEqual([
      expect.objectContaining({ study: 'digits', state: 'paused', asked: 6, ended: 1, running: 0 }),
    ])
    expect(thrown.out).toBe('digits is in the trash.\n')
    expect(readdirSync(folder).filter((name) => name.includes('.study'))).toEqual([
      'digits.study-thrown',
    ])
  })

  test.each([
    [['search', 's.json', '--parallel', '0'], '--parallel must be a whole number from 1 to 256'],
    [['search', 's.json', '--trials', '0'], '--trials must be a whole number from 1'],
    [['search', 's.json', '--method', 'guess'], 'method'],
    [['search', 's.json', '--method', 'guess'], 'It may be grid, random, sobol'],
    [['search'], 'what is to be searched? Name a config, a study, or a run: --from RUN.'],
    [['search', '--from', 'nowhere'], 'there is no run "nowhere"'],
    [['search', 's.json', '--from', 'nowhere'], 'there is no run "nowhere"'],
    [['search', '--from', 'r', '--epochs', '0'], '--epochs must be a number above 0'],
    [['search', 's.json', '--epochs', '3'], '--epochs is for a search of a run without a config'],
    [['search', 'nowhere', '--from', 'r'], '--from is for a new study'],
    [['search', '--pause'], '--pause is for a study that is there already'],
    [['search', 'nowhere'], 'there is no study "nowhere"'],
    [['search', 'nowhere', '--method', 'grid'], '--method is for a new study'],
    [['search', 's.json', '--pause'], '--pause is for a study that is there already'],
    [['search', 'nowhere', '--pause', '--trials', '9'], '--trials goes with no other option here'],
    [['search', 'nowhere', '--space', 's.json', '--parallel', '2'], '--parallel goes with no'],
    [['search', 'nowhere', '--space', 'nothing.json'], 'cannot be read'],
    [['search', 'nowhere', '--pause'], 'there is no study "nowhere"'],
    [['trials', 'nowhere', '--cancel', 'first'], '--cancel must be a whole number'],
    [['rename', 'nowhere.study', 'somewhere'], 'there is no file'],
    [['search', 'nothing.json'], 'cannot be read'],
    [['trials', 'nowhere'], 'there is no study "nowhere"'],
    [['adopt', 'nowhere', 'best'], 'there is no study "nowhere"'],
    [['adopt', 'nowhere', 'first'], 'TRIAL must be a whole number'],
  ])('%j is refused', async (argv, reason) => {
    const { run } = place()

    const { code, err, out } = await run(...argv)

    expect(code).not.toBe(0)
    expect(out).toBe('')
    expect(err).toContain(reason)
  })
})
