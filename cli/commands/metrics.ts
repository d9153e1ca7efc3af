import { PandaError } from '../../core/errors.ts'
import type { BranchId, MetricSeries } from '../../core/protocol/run.ts'
import type { VitalSigns } from '../../core/protocol/vitals.ts'
import { isVitalSeries, pointsOfVitals } from '../../core/protocol/vitals.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatCost } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'
import { parseCount } from '../values.ts'

/** What fits a screen; scripts ask with --json or --csv and get every step. */
const POINTS_FOR_PEOPLE = 20

interface Point {
  readonly step: number
  readonly min: number
  readonly max: number
  readonly mean: number
}

const pointsOf = (series: MetricSeries): readonly Point[] =>
  Array.from(series.step, (step, index) => ({
    step,
    min: series.min[index] ?? Number.NaN,
    max: series.max[index] ?? Number.NaN,
    mean: series.mean[index] ?? Number.NaN,
  }))

function formatCsv(points: readonly Point[]): string {
  const rows = points.map(({ step, min, max, mean }) => `${step},${min},${max},${mean}`)
  return ['step,min,max,mean', ...rows].join('\n')
}

function formatPoints(points: readonly Point[]): string {
  if (points.length === 0) return 'Nothing is recorded there.'
  return formatTable(
    [
      { title: 'step', align: 'right', text: (p) => String(p.step) },
      { title: 'min', align: 'right', text: (p) => formatCost(p.min) },
      { title: 'mean', align: 'right', text: (p) => formatCost(p.mean) },
      { title: 'max', align: 'right', text: (p) => formatCost(p.max) },
    ],
    points,
  )
}

/** Throws where a run that has vital signs has none of this name: then nothing will ever be recorded there. */
function checkVital(metric: string, vitals: VitalSigns | null): void {
  const names = vitals === null ? [] : pointsOfVitals(vitals).map(([name]) => name)
  if (names.length === 0 || names.includes(metric)) return
  const ending = metric.slice(metric.indexOf('/'))
  const alike = names.filter((name) => name.endsWith(ending))
  throw new PandaError(
    'protocol/bad-request',
    `there is no metric "${metric}" in this run`,
    `There are ${(alike.length > 0 ? alike : names).join(', ')}.`,
  )
}

function parseBranch(text: string): BranchId {
  if (/^b\d{1,9}$/.test(text)) return text as BranchId
  throw new PandaError('cli/usage', `--branch must be like b1, not "${text}"`)
}

const count = (what: string, text: string | undefined, min: number, max?: number) =>
  text === undefined ? undefined : parseCount(what, text, min, max)

export const metrics = defineCommand({
  operands: ['RUN'],
  about: 'Prints a recorded curve along a branch, from its first step.',
  options: {
    metric: { value: 'M', about: 'which curve (default: cost)' },
    branch: { value: 'B', about: "whose curve (default: the present branch's)" },
    from: { value: 'S', about: 'only steps after S' },
    to: { value: 'S', about: 'only steps up to S' },
    points: { value: 'N', about: 'thin to N points that keep every extreme' },
    csv: { value: null, about: 'answer in CSV' },
  },
  examples: ['panda metrics d --points 100 --json', 'panda metrics d --csv > cost.csv'],
  async run(given, shell) {
    const csv = given.flag('csv')
    if (csv && shell.json) {
      throw new PandaError('cli/usage', 'an answer is either CSV or JSON', 'Keep one of them.')
    }
    const branch = given.text('branch')
    const points = count('--points', given.text('points'), 1, 100_000)
    const query = {
      metric: given.text('metric') ?? 'cost',
      branch: branch === undefined ? undefined : parseBranch(branch),
      from: count('--from', given.text('from'), 0),
      to: count('--to', given.text('to'), 0),
      points: points ?? (csv || shell.json ? undefined : POINTS_FOR_PEOPLE),
    }
    const series = await shell.withHost(async (host) => {
      const found = await host.handlers['run:series'](given.required(0), query)
      if (found.step.length === 0 && isVitalSeries(query.metric)) {
        const { vitals } = await host.handlers['run:show'](given.required(0))
        checkVital(query.metric, vitals)
      }
      return found
    })
    if (series.damage !== undefined) shell.warn(`panda: ${series.damage}`)
    const found = pointsOf(series)
    if (shell.json) {
      shell.print(toJson({ metric: series.metric, branch: series.branch, points: found }))
    } else shell.print(csv ? formatCsv(found) : formatPoints(found))
    return 0
  },
})
