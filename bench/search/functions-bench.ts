import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Table } from '../table.ts'
import { drawRegrets } from './draw.ts'
import { TEST_FUNCTIONS } from './functions.ts'
import { EVALUATIONS, SEEDS, measureFunction } from './regret.ts'
import type { RegretCurve } from './regret.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

const figure = (value: number): string => value.toPrecision(2)

/** `0.012 (0.0081–0.020)`. */
const withInterval = ({ median, low, high }: RegretCurve, count: number): string => {
  const at = (values: readonly number[]) => figure(values[count - 1] ?? 0)
  return `${at(median)} (${at(low)}–${at(high)})`
}

/** Methods on functions whose minimum is known. Keeps the curves, and draws them. */
export function benchFunctions(): Table[] {
  const all = TEST_FUNCTIONS.map((f) => ({ name: f.name, curves: measureFunction(f) }))
  const results = path.join(ROOT, 'bench/results')
  const images = path.join(ROOT, 'docs/images')
  mkdirSync(results, { recursive: true })
  mkdirSync(images, { recursive: true })
  const rounded = JSON.stringify(all, (_, v: unknown) =>
    typeof v === 'number' ? Number(v.toPrecision(4)) : v,
  )
  writeFileSync(path.join(results, 'search-functions.json'), `${rounded}\n`)
  writeFileSync(path.join(images, 'search-regret.svg'), drawRegrets(all))
  const methods = all[0]?.curves.map(({ method }) => method) ?? []
  return [25, EVALUATIONS].map((count) => ({
    title: `Median regret after ${count} evaluations`,
    columns: ['function', ...methods],
    rows: all.map(({ name, curves }) => [
      name,
      ...curves.map((curve) => withInterval(curve, count)),
    ]),
    note: `Over ${SEEDS} seeds; in brackets the 95 % interval of the median by bootstrap. The grid has no seed.`,
  }))
}
