import type { PlaceReply } from '../../core/protocol/contract.ts'
import type { StudyPlaceReply } from '../../core/protocol/study-calls.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { parseTarget } from '../values.ts'

/** A run and a study may have the same name; a study is called by the name of its file. */
const isStudy = (reference: string): boolean => reference.endsWith('.study')

const nameOf = (reply: PlaceReply | StudyPlaceReply): string =>
  'run' in reply ? reply.run : reply.study

export const rename = defineCommand({
  operands: ['RUN|NAME.study', 'NAME'],
  about: 'Gives a run, or a study, another name.',
  options: {},
  examples: ['panda rename d digits', 'panda rename d.study digits'],
  async run(given, shell) {
    const [what, name] = [given.required(0), given.required(1)]
    const call = isStudy(what) ? 'study:rename' : 'run:rename'
    const reply = await shell.withHost(async (host) => host.handlers[call](what, name))
    shell.print(shell.json ? toJson(reply) : `It is ${nameOf(reply)} now.`)
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
  operands: ['RUN|NAME.study'],
  about: "Moves a run, or a study, to the system's trash, whence it can be had back.",
  options: {},
  examples: ['panda delete d', 'panda delete d.study'],
  async run(given, shell) {
    const what = given.required(0)
    const call = isStudy(what) ? 'study:delete' : 'run:delete'
    const reply = await shell.withHost(async (host) => host.handlers[call](what))
    shell.print(shell.json ? toJson(reply) : `${nameOf(reply)} is in the trash.`)
    return 0
  },
})
