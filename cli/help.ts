import { COMMON_OPTIONS } from './command.ts'
import type { Command, OptionRows } from './command.ts'
import { formatPairs } from './output/table.ts'

const indent = (text: string): string => text.replace(/^/gm, '  ')

const optionPairs = (rows: OptionRows): (readonly [string, string])[] =>
  Object.entries(rows).map(([name, row]) => [
    row.value === null ? `--${name}` : `--${name} ${row.value}`,
    row.about,
  ])

/** The help of one command. */
export function commandHelp(name: string, command: Command): string {
  const own = Object.keys(command.options).length > 0 ? ' [options]' : ''
  return [
    `panda ${[name, ...command.operands].join(' ')}${own}`,
    '',
    command.about,
    '',
    'Options',
    indent(formatPairs(optionPairs({ ...command.options, ...COMMON_OPTIONS }))),
    '',
    command.examples.length === 1 ? 'Example' : 'Examples',
    indent(command.examples.join('\n')),
  ].join('\n')
}

/** What `panda` alone says. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(
    ([name, command]) => [[name, ...command.operands].join(' '), command.about] as const,
  )
  return [
    'Panda babysits one neural network while it trains.',
    '',
    'Commands',
    indent(formatPairs(rows)),
    '',
    'RUN is the name of a run, the beginning of one, or the path of a .panda file.',
    'panda COMMAND --help says more; panda --version says which Panda this is.',
  ].join('\n')
}
