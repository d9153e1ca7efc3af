import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import type { EvaluateOptions } from '../../core/protocol/examine.ts'
import { defineCommand } from '../command.ts'
import { formatEvaluation } from '../output/evaluation.ts'
import { toJson } from '../output/json.ts'
import { parseCount, parseTarget } from '../values.ts'

function parseSet(text: string | undefined): EvaluateOptions['on'] {
  if (text === undefined || text === 'dev' || text === 'train') return text
  throw new PandaError('cli/usage', `--on must be dev or train, not "${text}"`)
}

interface Files {
  readonly csv: string | undefined
  readonly label: string | undefined
  readonly images: string | undefined
  readonly labels: string | undefined
  readonly text: string | undefined
}

/** The one kind of labelled files that the options name, or none of them. */
function parseFiles(
  { csv, label, images, labels, text }: Files,
  at: (file: string) => string,
): EvaluateOptions['data'] {
  if ([csv, images ?? labels, text].filter((file) => file !== undefined).length > 1) {
    throw new PandaError(
      'cli/usage',
      'only one of --csv, --images with --labels, and --text can be evaluated on',
      'Keep one of them.',
    )
  }
  if (label !== undefined && csv === undefined) {
    throw new PandaError('cli/usage', '--label names a column of --csv, which is missing')
  }
  if (text !== undefined) return { text: at(text) }
  if (csv !== undefined) {
    return label === undefined ? { csv: at(csv) } : { csv: at(csv), label }
  }
  if (images === undefined && labels === undefined) return undefined
  if (images === undefined || labels === undefined) {
    throw new PandaError('cli/usage', '--images and --labels belong together', 'Name both files.')
  }
  return { images: at(images), labels: at(labels) }
}

export const evaluate = defineCommand({
  operands: ['RUN'],
  about: 'Says how good a run is: cost, accuracy, confusion, precision and recall.',
  options: {
    on: { value: 'dev|train', about: 'which of its own sets (default: dev)' },
    checkpoint: { value: 'T', about: 'a day (2, b1:2) or checkpoint (c17) instead of the present' },
    csv: { value: 'F', about: 'examples from a CSV file instead' },
    label: { value: 'NAME', about: "the CSV file's label column (default: the run's)" },
    images: { value: 'F', about: 'examples from an IDX file of images, with --labels' },
    labels: { value: 'F', about: 'the IDX file of their labels' },
    text: { value: 'F', about: 'examples from a text file' },
    mistakes: { value: 'N', about: 'list the N examples that cost most' },
  },
  examples: [
    'panda evaluate d',
    'panda evaluate d --on train --checkpoint 2',
    'panda evaluate d --csv test.csv --json',
    'panda evaluate d --mistakes 10',
  ],
  async run(given, shell) {
    const on = parseSet(given.text('on'))
    const checkpoint = given.text('checkpoint')
    const files = {
      csv: given.text('csv'),
      label: given.text('label'),
      images: given.text('images'),
      labels: given.text('labels'),
      text: given.text('text'),
    }
    const data = parseFiles(files, (file) => path.resolve(shell.environment.workingDir, file))
    if (on !== undefined && data !== undefined) {
      throw new PandaError(
        'cli/usage',
        '--on names a set of the run, and a file is named too',
        'Keep one of them.',
      )
    }
    const mistakes = given.text('mistakes')
    const options = {
      ...(mistakes === undefined ? {} : { mistakes: parseCount('--mistakes', mistakes, 1, 500) }),
      ...(on === undefined ? {} : { on }),
      ...(checkpoint === undefined ? {} : { checkpoint: parseTarget(checkpoint) }),
      ...(data === undefined ? {} : { data }),
    }
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:evaluate'](given.required(0), options),
    )
    const { mistakes: found, ...rest } = reply
    // Pixels are for the window; a script has the index.
    const listed = found?.map(({ features: _, ...mistake }) => mistake) ?? null
    shell.print(
      shell.json
        ? toJson(mistakes === undefined ? rest : { ...rest, mistakes: listed })
        : formatEvaluation(reply),
    )
    return 0
  },
})
