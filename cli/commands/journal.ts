import type { JournalEntry } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import { describeEntry } from '../output/journal.ts'
import { toJson } from '../output/json.ts'
import { formatTime } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

const formatJournal = (entries: readonly JournalEntry[]): string =>
  formatTable(
    [
      { title: 'when', text: (entry) => formatTime(entry.at) },
      { title: 'branch', text: (entry) => entry.branch },
      { title: 'step', align: 'right', text: (entry) => String(entry.step) },
      { title: 'what', text: describeEntry },
    ],
    entries,
  )

export const journal = defineCommand({
  operands: ['RUN'],
  about: 'Prints the record of a run, oldest first.',
  options: {},
  examples: ['panda journal d', 'panda journal d --json'],
  async run(given, shell) {
    const entries = await shell.withHost(async (host) =>
      host.handlers['run:journal'](given.required(0)),
    )
    shell.print(shell.json ? toJson(entries) : formatJournal(entries))
    return 0
  },
})

export const note = defineCommand({
  operands: ['RUN', 'TEXT…'],
  about: 'Writes a note into the journal.',
  options: {},
  examples: ['panda note d "halved the learning rate after lunch"'],
  async run(given, shell) {
    const entry = await shell.withHost(async (host) =>
      host.handlers['run:note'](given.required(0), given.rest(1).join(' ')),
    )
    shell.print(shell.json ? toJson(entry) : `Noted at step ${entry.step}.`)
    return 0
  },
})
