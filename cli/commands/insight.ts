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
    const reply = await shell.withHost((host) =>
      Promise.resolve(host.handlers['study:insight'](study)),
    )
    shell.print(shell.json ? toJson(plain(reply)) : formatInsight(reply))
    return 0
  },
})
