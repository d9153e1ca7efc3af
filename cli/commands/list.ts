import type { RunSummary } from '../../core/protocol/run.ts'
import { standingOf } from '../../core/protocol/standing.ts'
import { defineCommand } from '../command.ts'
import { toJson, withoutNulls } from '../output/json.ts'
import { formatAccuracy, formatCost, formatEpoch, formatTime } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

type Readable = Extract<RunSummary, { readonly ok: true }>

function toAnswer(summary: RunSummary): object {
  const { run, file } = summary
  if (!summary.ok) return { run, file, state: 'unreadable', error: summary.error }
  const { createdAt, updatedAt } = summary
  const state = summary.state.kind
  return withoutNulls(
    { run, file, state, ...standingOf(summary), createdAt, updatedAt },
    'devAccuracy',
  )
}

function formatList(summaries: readonly RunSummary[]): string {
  if (summaries.length === 0) return 'No runs yet. Create one: panda new examples/digits.json'
  const orError =
    (text: (summary: Readable) => string) =>
    (summary: RunSummary): string =>
      summary.ok ? text(summary) : ''
  const table = formatTable(
    [
      { title: 'run', text: ({ run }) => run },
      { title: 'state', text: (s) => (s.ok ? s.state.kind : 'unreadable') },
      { title: 'step', align: 'right', text: orError((s) => String(s.step)) },
      { title: 'epoch', align: 'right', text: orError((s) => formatEpoch(s.epoch)) },
      { title: 'day', align: 'right', text: orError((s) => String(s.day)) },
      { title: 'cost', align: 'right', text: orError((s) => formatCost(s.cost)) },
      { title: 'dev cost', align: 'right', text: orError((s) => formatCost(s.devCost)) },
      { title: 'accuracy', align: 'right', text: orError((s) => formatAccuracy(s.devAccuracy)) },
      { title: 'changed', text: orError((s) => formatTime(s.updatedAt)) },
    ],
    summaries,
  )
  const faults = summaries.flatMap((s) => (s.ok ? [] : [`${s.run}: ${s.error.message}`]))
  return [table, ...faults].join('\n')
}

export const list = defineCommand({
  operands: [],
  about: 'Lists the runs.',
  options: {},
  examples: ['panda ls', 'panda ls --json'],
  async run(_given, shell) {
    const summaries = await shell.withHost(async (host) => host.handlers['runs:list']())
    shell.print(shell.json ? toJson(summaries.map(toAnswer)) : formatList(summaries))
    return 0
  },
})
