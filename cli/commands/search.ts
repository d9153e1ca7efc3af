import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import { METHOD_NAMES } from '../../core/protocol/space.ts'
import { defineCommand } from '../command.ts'
import { nameOfFile, readJson } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { followStudy } from '../search/follow-study.ts'
import { parseCount } from '../values.ts'

const refuseOptions = (names: readonly string[]) =>
  new PandaError(
    'cli/usage',
    `a study that is there already keeps its ${names.join(' and ')}`,
    'Begin a new one from its config.',
  )

export const search = defineCommand({
  operands: ['CONFIG.json|STUDY'],
  about: 'Searches hyperparameters: many short trials, side by side. Ctrl-C pauses and saves.',
  options: {
    name: { value: 'N', about: "the study's name (else the config's, else its file's)" },
    method: { value: 'M', about: METHOD_NAMES.join(', ') },
    trials: { value: 'N', about: 'how many trials in all; a study that is there takes more' },
    parallel: { value: 'K', about: 'trials at once (else one for each core)' },
  },
  examples: [
    'panda search examples/digits-search.json --name d --method bayesian',
    'panda search d --trials 60',
  ],
  async run(given, shell) {
    const count = (name: 'trials' | 'parallel', max: number) => {
      const text = given.text(name)
      return text === undefined ? undefined : parseCount(`--${name}`, text, 1, max)
    }
    const [trials, parallel] = [count('trials', 100_000), count('parallel', 256)]
    const [what, name, method] = [given.required(0), given.text('name'), given.text('method')]
    if (!what.endsWith('.json')) {
      const refused = [name && 'name', method && 'method'].filter((one) => one !== undefined)
      if (refused.length > 0) throw refuseOptions(refused as string[])
      return await shell.withStudies((studies) =>
        followStudy(studies, shell, what, { trials, parallel }),
      )
    }
    const file = path.resolve(shell.environment.workingDir, what)
    const config = withOptions(await readJson(file), { method, trials })
    return await shell.withStudies(async (studies) => {
      const own = (config as { readonly name?: unknown } | null)?.name
      const chosen = name ?? (own === undefined ? nameOfFile(file) : undefined)
      const made = await studies.create({ config, name: chosen, base: path.dirname(file) })
      if (shell.json) shell.print(toJson({ event: 'created', ...made }))
      else shell.print(`Created ${made.study} (${made.file}).`)
      return await followStudy(studies, shell, made.study, { parallel })
    })
  },
})

/** What the command line says goes before what the config does. */
function withOptions(config: unknown, options: Readonly<Record<string, unknown>>): unknown {
  if (typeof config !== 'object' || config === null) return config
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...config, ...Object.fromEntries(given) }
}
