import type { DaySummary } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import { toJson, withoutNulls } from '../output/json.ts'
import { formatAccuracy, formatCost, formatHash, formatTime } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

function formatDays(days: readonly DaySummary[]): string {
  if (days.length === 0) return 'No day is closed yet.'
  return formatTable(
    [
      { title: 'day', align: 'right', text: (d) => String(d.day) },
      { title: 'branch', text: (d) => d.branch },
      { title: 'checkpoint', text: (d) => d.checkpoint },
      { title: 'from step', align: 'right', text: (d) => String(d.fromStep) },
      { title: 'to step', align: 'right', text: (d) => String(d.toStep) },
      { title: 'cost', align: 'right', text: (d) => formatCost(d.cost) },
      { title: 'dev cost', align: 'right', text: (d) => formatCost(d.devCost) },
      { title: 'accuracy', align: 'right', text: (d) => formatAccuracy(d.devAccuracy) },
      { title: 'ended', text: (d) => formatTime(d.endedAt) },
      { title: 'parameters', text: (d) => formatHash(d.parametersSha256) },
    ],
    days,
  )
}

export const days = defineCommand({
  operands: ['RUN'],
  about: 'Lists the closed days, oldest first.',
  options: {},
  examples: ['panda days d', 'panda days d --json'],
  async run(given, shell) {
    const closed = await shell.withHost(async (host) =>
      host.handlers['run:days'](given.required(0)),
    )
    const answers = closed.map((day) => withoutNulls(day, 'devAccuracy'))
    shell.print(shell.json ? toJson(answers) : formatDays(closed))
    return 0
  },
})
