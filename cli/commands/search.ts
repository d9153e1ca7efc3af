import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import { METHOD_NAMES } from '../../core/protocol/space.ts'
import { USUAL_EPOCHS } from '../../core/search/usual-study.ts'
import type { Given, Shell } from '../command.ts'
import { defineCommand } from '../command.ts'
import type { CliHost } from '../environment.ts'
import { readJson } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { moveStudy, pauseStudy } from '../search/change-study.ts'
import { followStudy } from '../search/follow-study.ts'
import { studyOfFile, studyOfRun } from '../search/new-study.ts'
import type { NewStudy } from '../search/new-study.ts'
import { notesOn } from '../search/space-notes.ts'
import { parseAbove, parseCount } from '../values.ts'

const OPTIONS = {
  name: { value: 'N', about: "the study's name (else the config's, else its file's)" },
  method: { value: 'M', about: METHOD_NAMES.join(', ') },
  trials: { value: 'N', about: 'how many trials in all; a study that is there takes more' },
  parallel: { value: 'K', about: 'trials at once (else one for each core)' },
  from: { value: 'RUN', about: 'search around a run: its config, and its data' },
  epochs: {
    value: 'N',
    about: `of a search --from a run: how long a trial trains (else ${USUAL_EPOCHS})`,
  },
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
  operands: ['[CONFIG.json|STUDY]'],
  about: 'Searches hyperparameters: many short trials, side by side. Ctrl-C pauses and saves.',
  options: OPTIONS,
  examples: [
    'panda search examples/digits-search.json --name d --method bayesian',
    'panda search --from digits --method bayesian',
    'panda search d --trials 60',
    'panda search d --pause',
    'panda search d --space narrower.json',
  ],
  async run(given, shell) {
    const what = given.operand(0)
    const isNew = what === undefined || /\.json$/i.test(what)
    return isNew ? searchAnew(given, shell, what) : goOn(given, shell, what)
  },
})

type Options = Given<Exclude<Option, 'pause'>, 'pause'>

function amountsOf(given: Options) {
  const count = (name: 'trials' | 'parallel', max: number) => {
    const text = given.text(name)
    return text === undefined ? undefined : parseCount(`--${name}`, text, 1, max)
  }
  const epochs = given.text('epochs')
  return {
    trials: count('trials', 100_000),
    parallel: count('parallel', 256),
    epochs: epochs === undefined ? undefined : parseAbove('--epochs', epochs, 1e9),
  }
}

async function searchAnew(given: Options, shell: Shell, what: string | undefined): Promise<number> {
  refuse(given, ['pause', 'space'], 'is for a study that is there already', 'Name the study.')
  const { parallel } = amountsOf(given)
  const make = await newStudy(given, shell, what)
  return await shell.withHost(async (host) => {
    const { request, notes: left } = await make(host)
    const made = await host.handlers['study:create'](request)
    const { config } = await host.handlers['study:show'](made.file)
    const notes = [...left, ...notesOn(config)]
    if (shell.json) shell.print(toJson({ event: 'created', ...made, notes }))
    else {
      shell.print(`Created ${made.study} (${made.file}).`)
      for (const note of notes) shell.warn(`panda: ${note}`)
    }
    return await followStudy(host, shell, made.file, { parallel })
  })
}

/** Of a config, of a run, or of a run by what a config says. */
async function newStudy(
  given: Options,
  { environment }: Shell,
  what: string | undefined,
): Promise<(host: CliHost) => Promise<NewStudy>> {
  const { trials, epochs } = amountsOf(given)
  const from = given.text('from')
  const asked = { name: given.text('name'), method: given.text('method'), trials, from }
  if (what !== undefined) {
    const why = 'is for a search of a run without a config, which has its own budget'
    refuse(given, ['epochs'], why, 'Write it into the config, as budget.')
    const study = await studyOfFile(path.resolve(environment.workingDir, what), asked)
    return () => Promise.resolve(study)
  }
  if (from !== undefined) return (host) => studyOfRun(host, { ...asked, from, epochs })
  const remedy = 'Name a config, a study, or a run: --from RUN.'
  throw new PandaError('cli/usage', 'what is to be searched?', remedy)
}

async function goOn(given: Options, shell: Shell, study: string): Promise<number> {
  const { trials, parallel } = amountsOf(given)
  refuse(
    given,
    ['name', 'method', 'from', 'epochs'],
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
