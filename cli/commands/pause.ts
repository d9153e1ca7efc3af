import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { trainAndTell } from '../train/session.ts'

export const pause = defineCommand({
  operands: ['RUN'],
  about: 'Pauses and saves a run that trains in a window, a server or another terminal.',
  options: {},
  examples: ['panda pause d'],
  async run(given, shell) {
    const { branch, step } = await shell.withHost(async (host) =>
      host.handlers['run:pause'](given.required(0)),
    )
    shell.print(
      shell.json ? toJson({ branch, step }) : `Paused at step ${step} of ${branch}; saved.`,
    )
    return 0
  },
})

export const resume = defineCommand({
  operands: ['RUN'],
  about: 'Goes on training in the process that has the run open; where none has, here.',
  options: {},
  examples: ['panda resume d'],
  run: (given, shell) =>
    shell.withHost((host) =>
      trainAndTell(host, shell, given.required(0), null, { leaveToOthers: true }),
    ),
})
