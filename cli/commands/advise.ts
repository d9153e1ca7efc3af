import path from 'node:path'
import type { Advice } from '../../core/protocol/study.ts'
import { PandaError } from '../../core/errors.ts'
import { defineCommand } from '../command.ts'
import { readConfig } from '../config/read-config.ts'
import { toJson } from '../output/json.ts'
import { formatMilliseconds } from '../output/numbers.ts'
import { formatPairs } from '../output/table.ts'
import { parseCount, parseNumber } from '../values.ts'

/** What a model usually wants, where nobody says otherwise. */
const USUAL_EPOCHS = '20'

const TITLES: { readonly [W in Advice['way']]: string } = {
  panda: 'Panda.',
  'search-then-panda': 'A short search, then a panda.',
  caviar: 'Caviar.',
}

/** A number above 0, named `what` in the refusal. */
function parseAbove(what: string, text: string, max: number): number {
  const value = parseNumber(text)
  if (value !== null && value > 0 && value <= max) return value
  throw new PandaError('cli/usage', `${what} must be a number above 0, up to ${max}, not "${text}"`)
}

const formatAdvice = ({ way, reason, stepMs, trialStepMs, parallel }: Advice): string =>
  [
    TITLES[way],
    reason,
    formatPairs([
      ['step, as a run takes it', formatMilliseconds(stepMs)],
      ['step on one thread', formatMilliseconds(trialStepMs)],
      ['side by side', String(parallel)],
    ]),
  ].join('\n')

export const advise = defineCommand({
  operands: ['CONFIG.json'],
  about: 'Panda or caviar? Measures a step and says what the time you have is enough for.',
  options: {
    days: { value: 'N', about: 'how long you have' },
    epochs: { value: 'N', about: `how long one model trains (else ${USUAL_EPOCHS})` },
    cores: { value: 'K', about: 'how many cores you have (else those of this machine)' },
  },
  examples: ['panda advise examples/digits.json --days 3 --epochs 20'],
  async run(given, shell) {
    const days = given.text('days')
    if (days === undefined) {
      throw new PandaError('cli/usage', 'how long do you have?', 'Say it: --days 3.')
    }
    const cores = given.text('cores')
    const file = path.resolve(shell.environment.workingDir, given.required(0))
    const { config, base } = await readConfig(file)
    const request = {
      config,
      base,
      days: parseAbove('--days', days, 10_000),
      epochs: parseAbove('--epochs', given.text('epochs') ?? USUAL_EPOCHS, 1e9),
      ...(cores !== undefined && { cores: parseCount('--cores', cores, 1, 4096) }),
    }
    const reply = await shell.withHost((host) =>
      Promise.resolve(host.handlers['search:advise'](request)),
    )
    shell.print(shell.json ? toJson(reply) : formatAdvice(reply))
    return 0
  },
})
