import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { COMMANDS } from '../../cli/commands/index.ts'
import { parseArguments } from '../../cli/arguments.ts'
import type { Command } from '../../cli/command.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { runConfig } from '../../core/protocol/config.ts'
import { PREFLIGHT_CHECKS } from '../../core/protocol/examine.ts'
import { HYPERPARAMETER_NAMES, SCHEDULE_NAMES } from '../../core/protocol/hyperparameters.ts'
import { LAYER_SERIES, PARAMETER_SERIES } from '../../core/protocol/vitals.ts'
import { checkedStudy } from '../../core/session/study/create-study.ts'
import { trialConfigOf } from '../../core/session/study/trial-plan.ts'
import { METRIC_NAMES } from '../../core/session/recorder.ts'

const fromRoot = (relative: string): string =>
  fileURLToPath(new URL(`../../${relative}`, import.meta.url))
const read = (relative: string): string => readFileSync(fromRoot(relative), 'utf8')

const commands = Object.entries(COMMANDS) as [string, Command][]

/** The part of docs/commands.md that is about one command. */
const sectionOf = (name: string): string =>
  read('docs/commands.md')
    .split(/^## /m)
    .find((section) => section.startsWith(`${name}\n`)) ?? ''

describe('the reference', () => {
  test.each(commands)('%s has a section with an example that its own parser takes', (name) => {
    const example = /^panda (\S+) (.*)$|^panda (\S+)$/m.exec(sectionOf(name))

    expect(example?.[1] ?? example?.[3]).toBe(name)
    const words = (example?.[2] ?? '').match(/"[^"]*"|\S+/g) ?? []
    const command = COMMANDS[name as keyof typeof COMMANDS]
    expect(() => parseArguments(name, command, words)).not.toThrow()
  })

  test.each(commands)('every option of %s is in its section', (name, command) => {
    for (const option of Object.keys(command.options)) {
      expect(sectionOf(name)).toContain(`--${option}`)
    }
  })

  test.each(commands)("the examples in %s's help are ones its parser takes", (name, command) => {
    for (const example of command.examples) {
      const words = (example.replace(/ > .*/, '').match(/"[^"]*"|\S+/g) ?? []).slice(2)
      expect(() => parseArguments(name, command, words)).not.toThrow()
    }
  })

  test.each(commands)('the JSON in the section of %s is JSON', (name) => {
    const blocks = [...sectionOf(name).matchAll(/```json\n([\s\S]*?)```/g)]

    expect(blocks.length).toBeGreaterThan(0)
    for (const [, block = ''] of blocks) {
      const isLines = block.startsWith('{"event"')
      const documents = isLines ? block.trim().split('\n') : [block]
      for (const document of documents) expect(() => JSON.parse(document) as unknown).not.toThrow()
    }
  })

  test.each(HYPERPARAMETER_NAMES)('the hyperparameter %s is in the reference', (name) => {
    expect(sectionOf('nudge')).toContain(`| \`${name}\` `)
  })

  test.each(SCHEDULE_NAMES)('the schedule %s is in the reference', (name) => {
    expect(sectionOf('nudge')).toContain(`\`${name}\` `)
  })

  test.each(PREFLIGHT_CHECKS)('the check %s is in the reference', (name) => {
    expect(sectionOf('preflight')).toContain(`| \`${name}\` `)
  })

  test.each([
    ...METRIC_NAMES.map((name) => `\`${name}\``),
    ...Object.values(LAYER_SERIES).map((ending) => `\`layer1/${ending}\``),
    ...Object.values(PARAMETER_SERIES).map((ending) => `\`layer1.weight/${ending}\``),
  ])('the curve %s is in the reference', (name) => {
    expect(sectionOf('metrics')).toContain(name)
  })

  test('every error code has a row, and every row a code', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `([^`]+)` +\|/gm)].map(([, code]) => code)

    expect(rows).toEqual([...ERROR_CODES])
  })
})

test('every command line in the README is one that its parser takes', () => {
  const lines = [...read('README.md').matchAll(/^panda (\S+) ?(.*?)(?: {2,}#.*)?$/gm)]

  expect(lines.map(([, name]) => name)).toContain('train')
  for (const [, name = '', rest = ''] of lines) {
    const words = rest.match(/"[^"]*"|\S+/g) ?? []
    const command = COMMANDS[name as keyof typeof COMMANDS]
    expect(() => parseArguments(name, command, words)).not.toThrow()
  }
})

describe('configs', () => {
  test('the published schema is the one that configs are checked with', () => {
    const { title, ...published } = JSON.parse(read('docs/config.schema.json')) as object & {
      title: string
    }

    expect(title).toBe('Panda run config')
    expect(published).toEqual(
      JSON.parse(JSON.stringify(z.toJSONSchema(runConfig, { io: 'input' }))),
    )
  })

  test('every example is a valid config whose data is there', () => {
    const files = readdirSync(fromRoot('examples')).filter((file) => file.endsWith('.json'))

    expect(files).toContain('digits.json')
    for (const file of files) {
      const given = JSON.parse(read(`examples/${file}`)) as unknown
      const config = file.endsWith('-search.json')
        ? trialConfigOf(checkedStudy(given).config, checkedStudy(given).first)
        : runConfig.parse(given)
      if ('csv' in config.data) {
        const header = read(`examples/${config.data.csv}`).split('\n')[0] ?? ''
        expect(header.split(',')).toContain(config.data.label)
      }
    }
  })
})
