import path from 'node:path'
import type { Advice, AdviceRequest } from '../../core/protocol/study.ts'
import { PandaError } from '../../core/errors.ts'
import { defineCommand } from '../command.ts'
import type { Shell } from '../command.ts'
import { readConfig } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { formatDuration, formatMilliseconds, formatTime, plural } from '../output/numbers.ts'
import { formatPairs } from '../output/table.ts'
import { parseAbove, parseCount } from '../values.ts'

type Subject = Pick<AdviceRequest, 'config' | 'base' | 'run'>

/** What a model usually wants, where nobody says otherwise. */
const USUAL_EPOCHS = '20'

const TITLES: { readonly [W in Advice['way']]: string } = {
  panda: 'Panda.',
  'search-then-panda': 'A short search, then a panda.',
  caviar: 'Caviar.',
}

const MS_PER_HOUR = 3_600_000

/** The search that is recommended: how many, how long, and until when. */
function planPairs(search: NonNullable<Advice['search']>, now: number) {
  const { trials, parallel, epochs, steps, stopsEarly, hours } = search
  const end = formatTime(now + hours * MS_PER_HOUR).slice(0, 'YYYY-MM-DD hh:mm'.length)
  const amount = `${plural(Number(epochs.toPrecision(3)), 'epoch')} (${plural(steps, 'step')})`
  const how = stopsEarly ? 'those that fall behind stopped early' : 'all to the end'
  return [
    ['search', `${plural(trials, 'trial')}, ${parallel} at once`],
    ['each', `${amount}, ${how}`],
    ['takes', `${formatDuration(hours * MS_PER_HOUR)}, until ${end} if started now`],
  ] as const
}

const formatAdvice = (advice: Advice, now: number): string => {
  const { way, reason, stepMs, trialStepMs, parallel, search } = advice
  return [
    TITLES[way],
    reason,
    formatPairs([
      ['step, as a run takes it', formatMilliseconds(stepMs)],
      ['step on one thread', formatMilliseconds(trialStepMs)],
      ['side by side', String(parallel)],
      ...(search === null ? [] : planPairs(search, now)),
    ]),
  ].join('\n')
}

/** A config where the name says so, also that of a search; else a run there is, with its config and its data. */
async function subjectOf(operand: string, { environment }: Shell): Promise<Subject> {
  if (!/\.json$/i.test(operand)) return { run: operand }
  const { config, base } = await readConfig(path.resolve(environment.workingDir, operand), runIn)
  return { config, base }
}

/** The run of which a search's config tries some values; any other config as it is. */
function runIn(config: unknown): unknown {
  const isObject = typeof config === 'object' && config !== null
  return isObject && 'run' in config && 'space' in config ? config.run : config
}

export const advise = defineCommand({
  operands: ['CONFIG.json|RUN'],
  about: 'Panda or caviar? Measures a step and says what the time you have is enough for.',
  options: {
    days: { value: 'N', about: 'how long you have' },
    epochs: { value: 'N', about: `how long one model trains (else ${USUAL_EPOCHS})` },
    cores: { value: 'K', about: 'how many cores you have (else those of this machine)' },
  },
  examples: ['panda advise examples/digits.json --days 3 --epochs 20', 'panda advise d --days 1'],
  async run(given, shell) {
    const days = given.text('days')
    if (days === undefined) {
      throw new PandaError('cli/usage', 'how long do you have?', 'Say it: --days 3.')
    }
    const cores = given.text('cores')
    const request = {
      ...(await subjectOf(given.required(0), shell)),
      days: parseAbove('--days', days, 10_000),
      epochs: parseAbove('--epochs', given.text('epochs') ?? USUAL_EPOCHS, 1e9),
      ...(cores !== undefined && { cores: parseCount('--cores', cores, 1, 4096) }),
    }
    const reply = await shell.withHost((host) =>
      Promise.resolve(host.handlers['search:advise'](request)),
    )
    shell.print(shell.json ? toJson(reply) : formatAdvice(reply, shell.environment.now()))
    return 0
  },
})
