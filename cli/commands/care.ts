import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { parseTarget } from '../values.ts'

export const rename = defineCommand({
  operands: ['RUN', 'NAME'],
  about: 'Gives a run another name.',
  options: {},
  examples: ['panda rename d digits'],
  async run(given, shell) {
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:rename'](given.required(0), given.required(1)),
    )
    shell.print(shell.json ? toJson(reply) : `It is ${reply.run} now.`)
    return 0
  },
})

export const copy = defineCommand({
  operands: ['RUN', 'NAME'],
  about: 'Makes a second panda: a copy of a run, as it is now or as it was on a day.',
  options: { from: { value: 'T', about: 'a day (2, b1:2) or checkpoint (c17); default: now' } },
  examples: ['panda copy d d2', 'panda copy d d2 --from 3'],
  async run(given, shell) {
    const from = given.text('from')
    const request = {
      name: given.required(1),
      ...(from !== undefined && { target: parseTarget(from) }),
    }
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:duplicate'](given.required(0), request),
    )
    shell.print(shell.json ? toJson(reply) : `${reply.run} is ready: panda train ${reply.run}`)
    return 0
  },
})

export const remove = defineCommand({
  operands: ['RUN'],
  about: "Moves a run to the system's trash, whence it can be had back.",
  options: {},
  examples: ['panda delete d'],
  async run(given, shell) {
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:delete'](given.required(0)),
    )
    shell.print(shell.json ? toJson(reply) : `${reply.run} is in the trash.`)
    return 0
  },
})
