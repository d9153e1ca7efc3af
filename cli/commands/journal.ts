import { PandaError } from '../../core/errors.ts'
import type { JournalEntry, NoteSubject } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import { describeEntry } from '../output/journal.ts'
import { toJson } from '../output/json.ts'
import { formatTime } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'
import { parseCount } from '../values.ts'
import type { CliHost } from '../environment.ts'

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

/** What a note is about, but for the branch. Throws `cli/usage`. */
function subjectOf(day: string | undefined, step: string | undefined) {
  if (day !== undefined && step !== undefined) {
    throw new PandaError('cli/usage', 'a note is about a day or about a step', 'Keep one of them.')
  }
  if (day !== undefined) return { kind: 'day', day: parseCount('--day', day, 0) } as const
  if (step !== undefined) return { kind: 'point', step: parseCount('--step', step, 0) } as const
  return null
}

/** The subject on the branch that the run is on. */
async function onHead(
  host: CliHost,
  run: string,
  subject: NonNullable<ReturnType<typeof subjectOf>>,
): Promise<NoteSubject> {
  const { branch } = await host.handlers['run:show'](run)
  return { ...subject, branch }
}

export const note = defineCommand({
  operands: ['RUN', 'TEXT…'],
  about: 'Writes a note into the journal.',
  options: {
    day: { value: 'D', about: 'about this day of the present line of history' },
    step: { value: 'S', about: 'about this step of the present branch' },
  },
  examples: [
    'panda note d "halved the learning rate after lunch"',
    'panda note d --day 3 "the best so far"',
  ],
  async run(given, shell) {
    const run = given.required(0)
    const text = given.rest(1).join(' ')
    const subject = subjectOf(given.text('day'), given.text('step'))
    const entry = await shell.withHost(async (host) =>
      subject === null
        ? host.handlers['run:note'](run, text)
        : host.handlers['run:note'](run, text, await onHead(host, run, subject)),
    )
    shell.print(shell.json ? toJson(entry) : `Noted at step ${entry.step}.`)
    return 0
  },
})
