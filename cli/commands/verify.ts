import { PandaError } from '../../core/errors.ts'
import type { DayVerification } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import type { Shell } from '../command.ts'
import type { CliHost } from '../environment.ts'
import { formatError } from '../output/errors.ts'
import { toJson } from '../output/json.ts'
import { formatHash, plural } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'
import { parseCount } from '../values.ts'

/** The answer for several days: one that spans them, with each of them in it. */
function spanOf(days: readonly DayVerification[], first: DayVerification, last: DayVerification) {
  const identical = days.every((day) => day.identical)
  return { ...last, fromStep: first.fromStep, identical, days }
}

const formatDays = (days: readonly DayVerification[]): string =>
  formatTable(
    [
      { title: 'day', align: 'right', text: (d) => String(d.day) },
      { title: 'from step', align: 'right', text: (d) => String(d.fromStep) },
      { title: 'to step', align: 'right', text: (d) => String(d.toStep) },
      { title: 'expected', text: (d) => formatHash(d.expected) },
      { title: 'got', text: (d) => formatHash(d.got) },
      { title: 'identical', text: (d) => (d.identical ? 'yes' : 'NO') },
    ],
    days,
  )

/** Rewrites one line of a terminal while the replay goes on. Returns how to stop. */
function showProgress(host: CliHost, { environment, json }: Shell): () => void {
  if (!environment.isTty || json) return () => {}
  const off = host.on('run:event', ({ event }) => {
    if (event.type !== 'verifying') return
    const line = `Replaying day ${event.day}: step ${event.done} of ${event.total}`
    environment.stdout.write(`\r\u001b[K${line}`)
  })
  return () => {
    off()
    environment.stdout.write('\r\u001b[K')
  }
}

export const verify = defineCommand({
  operands: ['RUN', '[DAY]'],
  about: 'Replays closed days (one, or all) and compares them bit for bit.',
  options: {},
  examples: ['panda verify d', 'panda verify d 2 --json'],
  async run(given, shell) {
    const asked = given.operand(1)
    const day = asked === undefined ? null : parseCount('DAY', asked, 1)
    const run = given.required(0)
    const days = await shell.withHost(async (host) => {
      const endProgress = showProgress(host, shell)
      try {
        return await host.handlers['run:verify'](run, day)
      } finally {
        endProgress()
      }
    })
    const [first] = days
    const last = days.at(-1)
    if (first === undefined || last === undefined) {
      throw new PandaError(
        'session/no-such-target',
        `${run} has no closed day to replay`,
        'Train until a day ends; panda days RUN lists them.',
      )
    }
    const answer = day === null ? spanOf(days, first, last) : first
    shell.print(shell.json ? toJson(answer) : formatDays(days))
    if (answer.identical) return 0
    const different = days.filter((d) => !d.identical).map((d) => d.day)
    const error = new PandaError(
      'store/corrupt',
      `${plural(different.length, 'day')} came out differently (${different.join(', ')})`,
      'The machine, the engine or the thread count may have changed since they were trained.',
    )
    shell.warn(formatError(error))
    return 1
  },
})
