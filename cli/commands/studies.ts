import type { StudySummary } from '../../core/protocol/study.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatAccuracy, formatCost, formatTime } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

type Readable = Extract<StudySummary, { readonly ok: true }>

function toAnswer(summary: StudySummary): object {
  const { study, file } = summary
  if (!summary.ok) return { study, file, state: 'unreadable', error: summary.error }
  const { ok: _ok, progress: _progress, ...answer } = summary
  return answer
}

function formatBest({ best, measure }: Readable): string {
  if (best === null) return '–'
  const figure = measure === 'dev_error' ? formatAccuracy(best.value) : formatCost(best.value)
  return `${figure} (trial ${best.trial})`
}

function formatStudies(summaries: readonly StudySummary[]): string {
  if (summaries.length === 0) {
    return 'No studies yet. Begin one: panda search examples/digits-search.json'
  }
  const orError =
    (text: (summary: Readable) => string) =>
    (summary: StudySummary): string =>
      summary.ok ? text(summary) : ''
  const table = formatTable(
    [
      { title: 'study', text: ({ study }) => study },
      { title: 'state', text: (s) => (s.ok ? s.state : 'unreadable') },
      { title: 'method', text: orError((s) => s.method) },
      { title: 'ended', align: 'right', text: orError((s) => `${s.ended} of ${s.asked}`) },
      { title: 'running', align: 'right', text: orError((s) => String(s.running)) },
      { title: 'measure', text: orError((s) => s.measure.replace('_', ' ')) },
      { title: 'best', text: orError(formatBest) },
      { title: 'begun', text: orError((s) => formatTime(s.createdAt)) },
    ],
    summaries,
  )
  const faults = summaries.flatMap((s) => (s.ok ? [] : [`${s.study}: ${s.error.message}`]))
  return [table, ...faults].join('\n')
}

export const studies = defineCommand({
  operands: [],
  about: 'Lists the studies, and how far they are.',
  options: {},
  examples: ['panda studies', 'panda studies --json'],
  async run(_given, shell) {
    const summaries = await shell.withHost(async (host) => host.handlers['studies:list']())
    shell.print(shell.json ? toJson(summaries.map(toAnswer)) : formatStudies(summaries))
    return 0
  },
})
