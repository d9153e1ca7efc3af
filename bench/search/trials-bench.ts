import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { METHOD_NAMES } from '../../core/protocol/space.ts'
import type { StudySnapshot } from '../../core/protocol/study.ts'
import { createHost } from '../../core/session/host.ts'
import { MIGRATIONS, SAMPLES, WORKER } from '../scene.ts'
import type { Table } from '../table.ts'
import { medianOf } from './regret.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const example = () =>
  JSON.parse(readFileSync(path.join(ROOT, 'examples/digits-search.json'), 'utf8')) as object

interface Measured {
  readonly end: StudySnapshot
  readonly seconds: number
  /** Of the processor, by all threads together. */
  readonly worked: number
}

/** Runs a study of the digits to its end, and says how long that took. */
async function study(settings: object): Promise<Measured> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'panda-bench-'))
  const places = { samplesDir: SAMPLES, migrationsDir: MIGRATIONS, workerUrl: WORKER }
  const host = createHost({ dataDir, ...places })
  const { handlers } = host
  try {
    const config = { ...example(), ...settings }
    await handlers['study:create']({ config, name: 's', base: dataDir })
    const done = new Promise<void>((resolve) => {
      host.on('study:event', ({ event }) => {
        if (event.type === 'study-state' && event.state === 'done') resolve()
      })
    })
    const [begin, before] = [performance.now(), process.cpuUsage()]
    await handlers['study:resume']('s')
    await done
    const seconds = (performance.now() - begin) / 1_000
    const { user, system } = process.cpuUsage(before)
    const worked = (user + system) / 1e6
    return { end: await handlers['study:show']('s'), seconds, worked }
  } finally {
    await host.close()
    rmSync(dataDir, { recursive: true })
  }
}

const SEEDS = Array.from({ length: 8 }, (_, i) => i + 1)
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

/** The best dev error of a study: by its measure, of any trial that was measured. */
const bestError = ({ trials }: StudySnapshot): number =>
  Math.min(...trials.flatMap(({ value }) => (value === null ? [] : [value])))

/** Forty trials of the digits by each method, with and without early stopping. */
export async function benchDigits(): Promise<Table> {
  const whole = { stop_early: undefined }
  const ways = [
    ...METHOD_NAMES.map((method) => ({ name: method, settings: { method, ...whole } })),
    { name: 'random, ASHA', settings: { method: 'random' } },
    { name: 'coarse_to_fine, ASHA', settings: { method: 'coarse_to_fine' } },
    { name: 'bayesian, ASHA', settings: { method: 'bayesian' } },
  ]
  const rows: string[][] = []
  for (const { name, settings } of ways) {
    const runs = []
    for (const seed of SEEDS) runs.push(await study({ ...settings, seed }))
    const errors = runs.map(({ end }) => bestError(end))
    rows.push([
      name,
      percent(errors.reduce((sum, error) => sum + error, 0) / errors.length),
      percent(medianOf(errors)),
      errors.map((error) => (error * 100).toFixed(2)).join(' '),
      String(medianOf(runs.map(({ end }) => end.steps))),
      `${medianOf(runs.map(({ worked }) => worked)).toFixed(0)} s`,
    ])
  }
  return {
    title: 'Forty trials of the digits: best dev error',
    columns: ['method', 'mean', 'median', 'of each seed, %', 'steps in all', 'processor time'],
    rows,
    note: 'examples/digits-search.json: up to 450 steps a trial, two trials at once. Eight seeds of the search; data, split and first weights are the same. Steps and processor time are medians.',
  }
}

const PAIRS = 3

/** The same trials two at once, and one after the other; in turns, as a shared machine drifts. */
export async function benchParallel(): Promise<Table> {
  const settings = {
    method: 'random',
    trials: 8,
    stop_early: undefined,
    budget: { steps: 3_000 },
  }
  const space = { 'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 1e-2 } }
  const pairs: (readonly [one: Measured, two: Measured])[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    pairs.push([
      await study({ ...settings, space, parallel: 1 }),
      await study({ ...settings, space, parallel: 2 }),
    ])
  }
  const ratios = pairs.map(([one, two]) => two.seconds / one.seconds).toSorted((a, b) => a - b)
  const told = (which: 0 | 1) => {
    const runs = pairs.map((pair) => pair[which])
    const [clock, worked] = (['seconds', 'worked'] as const).map((what) =>
      medianOf(runs.map((run) => run[what])).toFixed(1),
    )
    return `${clock} s, of which ${worked} s of processor time`
  }
  return {
    title: 'Two trials at once',
    columns: ['', 'measured'],
    rows: [
      ['one after the other', told(0)],
      ['two at once', told(1)],
      ['ratio, median', medianOf(ratios).toFixed(2)],
      ['ratio, all', ratios.map((ratio) => ratio.toFixed(2)).join(', ')],
    ],
    note: 'Eight trials of 3 000 steps on two cores, from the first word to the last; what else the machine does is in it.',
  }
}
