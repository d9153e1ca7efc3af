import { parseArgs } from 'node:util'
import { PandaError } from '../core/errors.ts'
import { COMMON_OPTIONS } from './command.ts'
import type { Command, Given, OptionRows } from './command.ts'
import { suggestion } from '../core/nearest.ts'

export interface ParsedArguments {
  readonly given: Given<string, string>
  readonly json: boolean
  readonly help: boolean
  readonly dataDir: string | undefined
}

const isOptional = (operand: string): boolean => operand.startsWith('[')
const isRepeated = (operand: string): boolean => /…\]?$/.test(operand)

function checkOperands(name: string, expected: readonly string[], got: readonly string[]): void {
  const missing = expected.slice(got.length).find((operand) => !isOptional(operand))
  const remedy = `See panda ${name} --help.`
  if (missing !== undefined) {
    throw new PandaError('cli/usage', `panda ${name} needs ${missing.replace('…', '')}`, remedy)
  }
  if (got.length > expected.length && !expected.some(isRepeated)) {
    const extra = got[expected.length]
    throw new PandaError('cli/usage', `panda ${name} cannot use "${extra}"`, remedy)
  }
}

type Token = { readonly kind: string; readonly name?: string; readonly rawName?: string }

function checkOption(name: string, rows: OptionRows, token: Token & { value?: unknown }): void {
  const row = rows[token.name ?? '']
  if (row === undefined) {
    const names = Object.keys(rows).map((option) => `--${option}`)
    throw new PandaError(
      'cli/usage',
      `panda ${name} has no option ${token.rawName}`,
      suggestion(token.rawName ?? '', names, `See panda ${name} --help.`),
    )
  }
  if (row.value === null && token.value !== undefined) {
    throw new PandaError('cli/usage', `${token.rawName} takes no value`)
  }
  if (row.value !== null && (token.value === undefined || token.value === '')) {
    throw new PandaError(
      'cli/usage',
      `${token.rawName} needs a value`,
      `Write ${token.rawName} ${row.value}.`,
    )
  }
}

/** Checks the words after a command's name against its row of the table. */
export function parseArguments(
  name: string,
  command: Command,
  words: readonly string[],
): ParsedArguments {
  const rows: OptionRows = { ...command.options, ...COMMON_OPTIONS }
  // Not strict, because Node's own messages know neither our commands nor the nearest option.
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        Object.entries(rows).map(([option, row]) => [
          option,
          { type: row.value === null ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  })
  const operands: string[] = []
  const values = new Map<string, string | true>()
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    checkOption(name, rows, token)
    if (values.has(token.name)) {
      throw new PandaError('cli/usage', `${token.rawName} is given twice`, 'Keep one of them.')
    }
    values.set(token.name, token.value ?? true)
  }
  const help = values.has('help')
  if (!help) checkOperands(name, command.operands, operands)
  const text = (option: string): string | undefined => {
    const value = values.get(option)
    return typeof value === 'string' ? value : undefined
  }
  return {
    given: {
      operand: (index) => operands[index],
      required: (index) => operands[index] ?? '',
      rest: (index) => operands.slice(index),
      text,
      flag: (option: string) => values.has(option),
    },
    json: values.has('json'),
    help,
    dataDir: text('data-dir'),
  }
}
