import { PandaError } from '../../core/errors.ts'
import type { RollbackOptions } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { plural } from '../output/numbers.ts'
import { parseTarget } from '../values.ts'

function parseKnobs(text: string | undefined): RollbackOptions['knobs'] {
  if (text === undefined || text === 'then') return 'then'
  if (text === 'keep') return 'keep'
  throw new PandaError('cli/usage', `--knobs must be then or keep, not "${text}"`)
}

export const rollback = defineCommand({
  operands: ['RUN', 'DAY|BRANCH:DAY|CHECKPOINT'],
  about: 'Goes back to a day or checkpoint on a new branch; the old future stays as a ghost.',
  options: {
    reason: { value: 'TEXT', about: 'why, for the journal' },
    knobs: { value: 'then|keep', about: "that day's hyperparameters (default), or today's" },
  },
  examples: ['panda rollback d 2 --reason "α was too high"', 'panda rollback d b1:3 --knobs keep'],
  async run(given, shell) {
    const run = given.required(0)
    const target = parseTarget(given.required(1))
    const knobs = parseKnobs(given.text('knobs'))
    const reason = given.text('reason')
    const options = reason === undefined ? { knobs } : { knobs, reason }
    return await shell.withHost(async ({ handlers }) => {
      const preview = shell.json ? null : await handlers['run:preview-rollback'](run, target)
      const reply = await handlers['run:rollback'](run, target, options)
      if (preview === null) shell.print(toJson(reply))
      else {
        const ghost = plural(preview.stepsToGhost, 'step')
        const source = preview.target.checkpoint
        shell.print(
          `Back at step ${reply.step} (${source}) on ${reply.branch}; ${ghost} left as a ghost.`,
        )
        for (const { name, now, then } of knobs === 'then' ? preview.knobs : []) {
          if (now !== then) shell.print(`${name} ${now} → ${then}`)
        }
      }
      return 0
    })
  },
})

export const undo = defineCommand({
  operands: ['RUN'],
  about: 'Undoes the newest nudge: goes back to just before it, on a new branch.',
  options: {},
  examples: ['panda undo d'],
  async run(given, shell) {
    const reply = await shell.withHost(async (host) => host.handlers['run:undo'](given.required(0)))
    const { step, branch } = reply
    shell.print(
      shell.json ? toJson(reply) : `Back at step ${step}, before the nudge, on ${branch}.`,
    )
    return 0
  },
})
