import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatTrials, trialsToCsv } from '../output/trials.ts'

export const trials = defineCommand({
  operands: ['STUDY'],
  about: 'Lists the trials of a study, the best first.',
  options: { csv: { value: null, about: 'answer in CSV, in the order they were proposed' } },
  examples: ['panda trials d', 'panda trials d --csv > trials.csv'],
  async run(given, shell) {
    return await shell.withStudies(async (studies) => {
      const snapshot = studies.show(given.required(0))
      if (shell.json) shell.print(toJson(snapshot))
      else shell.print(given.flag('csv') ? trialsToCsv(snapshot) : formatTrials(snapshot))
      return 0
    })
  },
})
