import { PandaError } from '../../core/errors.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { parseCount } from '../values.ts'

/** Whoever gave no name does not know how. */
function withWayToName(error: unknown): never {
  if (!(error instanceof PandaError) || error.code !== 'store/exists') throw error
  throw new PandaError(error.code, error.message, 'Name the run otherwise: --name NAME.', error)
}

export const adopt = defineCommand({
  operands: ['STUDY', 'TRIAL|best'],
  about: 'Makes a run whose day 0 is a trial.',
  options: {
    name: { value: 'N', about: "the run's name (else the study's with the trial's number)" },
    'from-scratch': { value: null, about: "the trial's config alone, without its weights" },
  },
  examples: ['panda adopt d best --name digits', 'panda adopt d 7 --from-scratch'],
  async run(given, shell) {
    const which = given.required(1)
    const trial = which === 'best' ? which : parseCount('TRIAL', which, 1)
    const name = given.text('name')
    return await shell.withHost(async (host) => {
      const adopting = host.handlers['study:adopt'](given.required(0), {
        trial,
        ...(name !== undefined && { name }),
        from_scratch: given.flag('from-scratch'),
      })
      const adopted = await Promise.resolve(adopting).catch(withWayToName)
      if (shell.json) shell.print(toJson(adopted))
      else {
        shell.print(`Created ${adopted.run} (${adopted.file}).`)
        shell.print(`It is trial ${adopted.trial} at step ${adopted.step}.`)
        shell.print(`Train it on: panda train "${adopted.run}"`)
      }
      return 0
    })
  },
})
