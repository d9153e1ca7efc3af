import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { StudySnapshot } from '../../core/protocol/study.ts'
import { newStudyBench, STUDY } from '../core/session/study/harness.ts'
import { PLACES } from '../core/session/harness.ts'
import { createStudies } from '../../core/session/study/studies.ts'
import { fakeHost, panda, terminal } from './fake-host.ts'

/** A terminal in a folder with a study's config and its data. */
function place(settings: object = {}) {
  const { folder, bench } = newStudyBench()
  writeFileSync(path.join(folder, 's.json'), JSON.stringify({ ...STUDY, ...settings }))
  const host = fakeHost({})
  const newTerminal = () =>
    terminal(host, {
      workingDir: folder,
      defaultDataDir: folder,
      createStudies: (dataDir) => createStudies({ dataDir, ...PLACES }),
    })
  const run = (...argv: string[]) => panda(argv, host, newTerminal())
  return { folder, bench, host, newTerminal, run }
}

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

    const csv = (await run('trials', 's', '--csv')).out.trim().split('\n')
    expect(csv).toHaveLength(4)
    expect(csv[0]).toContain('hyperparameters.learning_rate,network.layers.0.units')
    const told = (await run('trials', 's', '--json')).json as StudySnapshot
    expect(told.trials.map(({ state }) => state)).toEqual(['done', 'done', 'done'])

    const adopted = await run('adopt', 's', 'best', '--json')
    expect(adopted.json).toMatchObject({ run: `s ${told.best}`, trial: told.best, step: 18 })
    expect((await bench.host.handlers['run:show'](`s ${told.best}`)).step).toBe(18)
    const again = await run('adopt', 's', '1', '--from-scratch', '--name', 'fresh')
    expect(again.out).toContain('It is trial 1 at step 0.')
  })

  test('Ctrl-C pauses and saves; by its name the study goes on, and takes more trials', async () => {
    const { newTerminal, run, host } = place({ trials: 2, budget: { steps: 30_000 } })
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
      steps: 90_000,
      trials: [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
    })
  })

  test.each([
    [['search', 's.json', '--parallel', '0'], '--parallel must be a whole number from 1 to 256'],
    [['search', 's.json', '--trials', '0'], '--trials must be a whole number from 1'],
    [['search', 's.json', '--method', 'guess'], 'method'],
    [['search', 'nowhere'], 'there is no study "nowhere"'],
    [['search', 'nowhere', '--method', 'grid'], 'keeps its method'],
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
