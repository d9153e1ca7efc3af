import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import { METHOD_NAMES } from '../../core/protocol/space.ts'
import type { Given, Shell } from '../command.ts'
import { defineCommand } from '../command.ts'
import { nameOfFile, readJson } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { moveStudy, pauseStudy } from '../search/change-study.ts'
import { followStudy } from '../search/follow-study.ts'
import { parseCount } from '../values.ts'

const OPTIONS = {
  name: { value: 'N', about: "the study's name (else the config's, else its file's)" },
  method: { value: 'M', about: METHOD_NAMES.join(', ') },
  trials: { value: 'N', about: 'how many trials in all; a study that is there takes more' },
  parallel: { value: 'K', about: 'trials at once (else one for each core)' },
  space: { value: 'FILE.json', about: 'change the space of a study, and do not start it' },
  pause: { value: null, about: 'pause and save a study that is searched elsewhere' },
} as const
type Option = keyof typeof OPTIONS

/** Refuses options that do not go with what is asked for. */
function refuse(given: Given<string, string>, names: readonly Option[], why: string, how: string) {
  const used = names.filter((name) => given.flag(name))
  if (used.length === 0) return
  const listed = used.map((name) => `--${name}`).join(' and ')
  throw new PandaError('cli/usage', `${listed} ${why}`, how)
}

export const search = defineCommand({
  operands: ['CONFIG.json|STUDY'],
  about: 'Searches hyperparameters: many short trials, side by side. Ctrl-C pauses and saves.',
  options: OPTIONS,
  examples: [
    'panda search examples/digits-search.json --name d --method bayesian',
    'panda search d --trials 60',
    'panda search d --pause',
    'panda search d --space narrower.json',
  ],
  async run(given, shell) {
    const what = given.required(0)
    return what.endsWith('.json') ? searchAnew(given, shell, what) : goOn(given, shell, what)
  },
})

type Options = Given<Exclude<Option, 'pause'>, 'pause'>

function countsOf(given: Options) {
  const count = (name: 'trials' | 'parallel', max: number) => {
    const text = given.text(name)
    return text === undefined ? undefined : parseCount(`--${name}`, text, 1, max)
  }
  return { trials: count('trials', 100_000), parallel: count('parallel', 256) }
}

async function searchAnew(given: Options, shell: Shell, what: string): Promise<number> {
  refuse(given, ['pause', 'space'], 'is for a study that is there already', 'Name the study.')
  const { trials, parallel } = countsOf(given)
  const [name, method] = [given.text('name'), given.text('method')]
  const file = path.resolve(shell.environment.workingDir, what)
  const config = withOptions(await readJson(file), { method, trials })
  const own = (config as { readonly name?: unknown } | null)?.name
  const chosen = name ?? (own === undefined ? nameOfFile(file) : undefined)
  const request = {
    config,
    base: path.dirname(file),
    ...(chosen !== undefined && { name: chosen }),
  }
  return await shell.withHost(async (host) => {
    const made = await host.handlers['study:create'](request)
    if (shell.json) shell.print(toJson({ event: 'created', ...made }))
    else shell.print(`Created ${made.study} (${made.file}).`)
    return await followStudy(host, shell, made.file, { parallel })
  })
}

async function goOn(given: Options, shell: Shell, study: string): Promise<number> {
  const { trials, parallel } = countsOf(given)
  refuse(
    given,
    ['name', 'method'],
    'is for a new study: one that is there keeps what it has',
    'Begin a new one from its config.',
  )
  const others = 'goes with no other option here'
  const space = given.text('space')
  if (given.flag('pause')) {
    refuse(given, ['trials', 'parallel', 'space'], others, 'Pause it first.')
    return await shell.withHost((host) => pauseStudy(host, shell, study))
  }
  if (space === undefined) {
    return await shell.withHost((host) => followStudy(host, shell, study, { trials, parallel }))
  }
  refuse(given, ['trials', 'parallel'], others, 'Change the space first.')
  const wanted = await readJson(path.resolve(shell.environment.workingDir, space))
  return await shell.withHost((host) => moveStudy(host, shell, study, wanted))
}

/** What the command line says goes before what the config does. */
function withOptions(config: unknown, options: Readonly<Record<string, unknown>>): unknown {
  if (typeof config !== 'object' || config === null) return config
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...config, ...Object.fromEntries(given) }
}
