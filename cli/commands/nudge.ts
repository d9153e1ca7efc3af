import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { parseChanges } from '../values.ts'

export const nudge = defineCommand({
  operands: ['RUN', 'NAME=VALUE…'],
  about: 'Changes live hyperparameters, while the run trains or rests.',
  options: {},
  examples: ['panda nudge d learning_rate=3e-4', 'panda nudge d learning_rate=3e-4 beta1=0.95'],
  async run(given, shell) {
    const changes = parseChanges(given.rest(1))
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:nudge'](given.required(0), changes),
    )
    const { step, checkpoint } = reply
    if (shell.json) shell.print(toJson({ step, changes: reply.changes, checkpoint }))
    else {
      for (const { name, from, to } of reply.changes) shell.print(`${name} ${from} → ${to}`)
      shell.print(`In force from step ${step} on; before it: ${checkpoint}.`)
    }
    return 0
  },
})
