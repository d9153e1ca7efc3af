import { defineCommand } from '../command.ts'
import { toJson, withoutNulls } from '../output/json.ts'
import { formatBytes, formatCost, formatHash } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

export const checkpoint = defineCommand({
  operands: ['RUN'],
  about: 'Saves the whole training state now.',
  options: {},
  examples: ['panda checkpoint d'],
  async run(given, shell) {
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:checkpoint'](given.required(0)),
    )
    const { checkpoint: id, branch, step } = reply
    shell.print(shell.json ? toJson(reply) : `Saved ${id} at step ${step} of ${branch}.`)
    return 0
  },
})

export const checkpoints = defineCommand({
  operands: ['RUN'],
  about: 'Lists the checkpoints.',
  options: {},
  examples: ['panda checkpoints d', 'panda checkpoints d --json'],
  async run(given, shell) {
    const taken = await shell.withHost(async (host) =>
      host.handlers['run:checkpoints'](given.required(0)),
    )
    if (shell.json) {
      shell.print(toJson(taken.map((row) => withoutNulls(row, 'devCost', 'devAccuracy'))))
      return 0
    }
    shell.print(
      formatTable(
        [
          { title: 'checkpoint', text: (c) => c.checkpoint },
          { title: 'branch', text: (c) => c.branch },
          { title: 'step', align: 'right', text: (c) => String(c.step) },
          { title: 'kind', text: (c) => c.kind },
          { title: 'cost', align: 'right', text: (c) => formatCost(c.cost) },
          { title: 'dev cost', align: 'right', text: (c) => formatCost(c.devCost) },
          { title: 'size', align: 'right', text: (c) => formatBytes(c.bytes) },
          { title: 'parameters', text: (c) => formatHash(c.parametersSha256) },
        ],
        taken,
      ),
    )
    return 0
  },
})
