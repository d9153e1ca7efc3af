import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import type { DataConfig } from '../../core/protocol/config.ts'
import type { PredictRequest } from '../../core/protocol/examine.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatPrediction } from '../output/prediction.ts'
import { parseCount, parseNumber, parseTarget } from '../values.ts'

interface Asked {
  readonly file: string | undefined
  readonly prompt: string | undefined
  readonly length: string | undefined
  readonly temperature: string | undefined
  readonly seed: string | undefined
}

const learnsText = (data: DataConfig): boolean =>
  'text' in data || ('sample' in data && data.sample === 'sonnets')

const hasTable = (data: DataConfig, file: string): boolean => 'csv' in data || /\.csv$/i.test(file)

async function readPrompt(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message
    throw new PandaError('data/unreadable', `${file} cannot be read: ${why}`, null, error)
  }
}

function parseTemperature(text: string): number {
  const value = parseNumber(text)
  if (value !== null && value >= 0 && value <= 100) return value
  throw new PandaError('cli/usage', `--temperature must be a number from 0 to 100, not "${text}"`)
}

const sampling = ({ length, temperature, seed }: Asked) => ({
  length: length === undefined ? 200 : parseCount('--length', length, 1, 100_000),
  temperature: temperature === undefined ? 1 : parseTemperature(temperature),
  seed: seed === undefined ? 1 : parseCount('--seed', seed, 0, 0xffff_ffff),
})

/** Throws `cli/usage` where what is asked fits no kind of run. */
function checkAsked({ file, prompt }: Asked): void {
  if ((file === undefined) !== (prompt === undefined)) return
  throw file === undefined
    ? new PandaError(
        'cli/usage',
        'panda predict needs FILE',
        'Name a file of examples, or, for a run that learns from a text, --prompt TEXT.',
      )
    : new PandaError('cli/usage', 'a prompt and a file are both given', 'Keep one of them.')
}

/** What is to be answered, by what the run learns from. */
async function dataOf(asked: Asked, run: string, learnsFrom: DataConfig, workingDir: string) {
  const file = asked.file === undefined ? undefined : path.resolve(workingDir, asked.file)
  if (learnsText(learnsFrom)) {
    const text = file === undefined ? (asked.prompt ?? '') : await readPrompt(file)
    return { text, ...sampling(asked) }
  }
  const { prompt, length, temperature, seed } = asked
  if (file === undefined || [prompt, length, temperature, seed].some((one) => one !== undefined)) {
    throw new PandaError(
      'cli/usage',
      `${run} does not learn from a text, so it has nothing to go on with`,
      'Name a file of examples alone.',
    )
  }
  return hasTable(learnsFrom, file) ? { csv: file } : { images: file }
}

export const predict = defineCommand({
  operands: ['RUN', '[FILE]'],
  about: 'Says what the network answers to new examples, or goes on with a text.',
  options: {
    checkpoint: { value: 'T', about: 'a day (2, b1:2) or checkpoint (c17) instead of the present' },
    prompt: { value: 'TEXT', about: 'the text to go on with, in place of FILE' },
    length: { value: 'N', about: 'characters to write (default: 200)' },
    temperature: { value: 'X', about: '0 takes the likeliest each time (default: 1)' },
    seed: { value: 'N', about: 'of the drawing: the same seed writes the same (default: 1)' },
  },
  examples: [
    'panda predict moons new.csv',
    'panda predict d images-idx3-ubyte.gz --json',
    'panda predict sonnets --prompt "Shall I" --length 500 --temperature 0.8',
  ],
  async run(given, shell) {
    const run = given.required(0)
    const checkpoint = given.text('checkpoint')
    const asked: Asked = {
      file: given.operand(1),
      prompt: given.text('prompt'),
      length: given.text('length'),
      temperature: given.text('temperature'),
      seed: given.text('seed'),
    }
    checkAsked(asked)
    const target = checkpoint === undefined ? {} : { checkpoint: parseTarget(checkpoint) }
    const reply = await shell.withHost(async ({ handlers }) => {
      const { facts } = await handlers['run:show'](run)
      const { workingDir } = shell.environment
      const data = await dataOf(asked, facts.run, facts.config.data, workingDir)
      const request: PredictRequest = { data, ...target }
      return await handlers['run:predict'](run, request)
    })
    if (shell.json) shell.print(toJson(reply))
    else
      shell.print(`${reply.kind === 'text' ? (asked.prompt ?? '') : ''}${formatPrediction(reply)}`)
    return 0
  },
})
