import { PandaError } from '../../core/errors.ts'
import { trialsToCsv } from '../../core/search/trials-csv.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatTrials } from '../output/trials.ts'
import { parseCount } from '../values.ts'

export const trials = defineCommand({
  operands: ['STUDY'],
  about: 'Lists the trials of a study, the best first; or gives one of them up.',
  options: {
    csv: { value: null, about: 'answer in CSV, in the order they were proposed' },
    cancel: { value: 'N', about: 'give up trial N, and list the trials; what it recorded stays' },
  },
  examples: ['panda trials d', 'panda trials d --csv > trials.csv', 'panda trials d --cancel 7'],
  async run(given, shell) {
    const csv = given.flag('csv')
    if (csv && shell.json) {
      throw new PandaError('cli/usage', 'an answer is either CSV or JSON', 'Keep one of them.')
    }
    const cancelled = given.text('cancel')
    const trial = cancelled === undefined ? null : parseCount('--cancel', cancelled, 1)
    return await shell.withHost(async (host) => {
      if (trial !== null) await host.handlers['study:cancel'](given.required(0), trial)
      const snapshot = await host.handlers['study:show'](given.required(0))
      if (shell.json) shell.print(toJson(snapshot))
      else shell.print(csv ? trialsToCsv(snapshot) : formatTrials(snapshot))
      return 0
    })
  },
})
