import type { StudyInsight } from '../../core/protocol/study.ts'
import { defineCommand } from '../command.ts'
import { formatInsight } from '../output/insight.ts'
import { toJson } from '../output/json.ts'

/** Typed arrays are none in JSON. */
const plain = ({ surrogate, ...rest }: StudyInsight) => ({
  ...rest,
  surrogate: surrogate.map(({ mean, deviation, ...line }) => ({
    ...line,
    mean: [...mean],
    deviation: [...deviation],
  })),
})

export const insight = defineCommand({
  operands: ['STUDY'],
  about: 'Says what the trials of a study tell: what matters, and where the best should lie.',
  options: {},
  examples: ['panda insight d', 'panda insight d --json'],
  async run(given, shell) {
    const study = given.required(0)
    return await shell.withHost(async (host) => {
      const reply = await host.handlers['study:insight'](study)
      if (shell.json) shell.print(toJson(plain(reply)))
      else {
        const { measure, config, trials } = await host.handlers['study:show'](study)
        const dimensions = Object.keys(config.space).length
        const tried = trials.filter(({ value }) => value !== null).length
        shell.print(formatInsight(reply, { measure, dimensions, tried }))
      }
      return 0
    })
  },
})
