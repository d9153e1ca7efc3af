import { defineCommand } from '../command.ts'
import { trainAndTell } from '../train/session.ts'
import { parseAmount } from '../values.ts'

export const train = defineCommand({
  operands: ['RUN'],
  about: 'Trains here, with progress; Ctrl-C pauses and saves.',
  options: {
    steps: { value: 'N', about: 'stop N steps from here' },
    epochs: { value: 'N', about: 'stop N epochs from here' },
    days: { value: 'N', about: 'stop when N more days are closed' },
  },
  examples: ['panda train d', 'panda train d --epochs 5 --json'],
  async run(given, shell) {
    const amount = parseAmount({
      steps: given.text('steps'),
      epochs: given.text('epochs'),
      days: given.text('days'),
    })
    const run = given.required(0)
    return await shell.withHost((host) =>
      trainAndTell(host, shell, run, amount, { leaveToOthers: false }),
    )
  },
})
