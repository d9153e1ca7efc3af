// `npm run bench [part …] [-- --keep]`: measures what the documents claim, on the built app. Prints
// Markdown tables; with --keep it also adds them to bench/results/.
import { ensureBuilt } from '../scripts/build.ts'
import { benchBatchNorm } from './batch-norm.ts'
import { benchClosing } from './closing.ts'
import { benchEventLoop } from './event-loop.ts'
import { benchFashionLenet, benchFashionMlp } from './fashion.ts'
import { keep } from './keep.ts'
import { benchKernels } from './kernels.ts'
import { benchRivals } from './rivals.ts'
import type { Row } from './scene.ts'
import { benchSearch } from './search/index.ts'
import { benchSeries } from './series.ts'
import { benchSoak } from './soak.ts'
import { markdownOf, tableOf } from './table.ts'
import type { Table } from './table.ts'
import { benchNudges, benchTraining } from './training.ts'
import { benchWindow } from './window/index.ts'
import { benchTrials } from './window/trials.ts'

type Part = () => Promise<readonly Table[]>

const rows =
  (title: string, measure: () => readonly Row[] | Promise<readonly Row[]>): Part =>
  async () => [tableOf(title, await measure())]

const PARTS: Readonly<Record<string, Part>> = {
  training: rows('Training', benchTraining),
  nudges: rows('Nudges', benchNudges),
  'event-loop': rows('Event loop', benchEventLoop),
  closing: rows('Closing', benchClosing),
  kernels: rows('Kernels', benchKernels),
  soak: rows('Soak', benchSoak),
  series: rows('Series', benchSeries),
  window: rows('Window', benchWindow),
  trials: rows('Window, 200 trials', benchTrials),
  'batch-norm': benchBatchNorm,
  'fashion-lenet': benchFashionLenet,
  'fashion-mlp-batch-norm': benchFashionMlp,
  pytorch: benchRivals,
  search: benchSearch,
}

const given = process.argv.slice(2)
const asked = given.filter((name) => name !== '--keep')
const unknown = asked.find((name) => !Object.hasOwn(PARTS, name))
if (unknown !== undefined) {
  console.error(
    `panda: there is no benchmark "${unknown}". Choose of ${Object.keys(PARTS).join(', ')}.`,
  )
  process.exit(1)
}
ensureBuilt()
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const text = (await measure()).map(markdownOf).join('\n')
  console.log(text)
  if (given.includes('--keep') && text !== '') keep(name, text)
}
