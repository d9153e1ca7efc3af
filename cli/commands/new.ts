import path from 'node:path'
import { defineCommand } from '../command.ts'
import { readConfig } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { formatBytes, plural } from '../output/numbers.ts'

export const newRun = defineCommand({
  operands: ['CONFIG.json'],
  about: 'Creates a run from a config.',
  options: { name: { value: 'N', about: "the run's name (else the config's, else its file's)" } },
  examples: ['panda new examples/digits.json --name d'],
  async run(given, shell) {
    const file = path.resolve(shell.environment.workingDir, given.required(0))
    const { config, base, fallbackName } = await readConfig(file)
    const name = given.text('name') ?? fallbackName
    const created = await shell.withHost(async (host) =>
      host.handlers['runs:create']({ config, base, ...(name === undefined ? {} : { name }) }),
    )
    const { run, file: runFile, parameters, memoryBytes } = created
    if (shell.json) shell.print(toJson({ run, file: runFile, parameters, memoryBytes }))
    else {
      shell.print(`Created ${run} (${runFile}).`)
      const memory = `about ${formatBytes(memoryBytes)} of memory to train`
      shell.print(`${plural(parameters, 'parameter')}, ${memory}.`)
      shell.print(`Train it: panda train ${run}`)
    }
    return 0
  },
})
