import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../../../core/protocol/hyperparameters.ts'
import { searchablePaths } from '../../../core/search/defaults.ts'
import { refuseForbidden, refuseNeverAsked } from '../../../core/search/reach.ts'
import { usualSpace, usualStudy } from '../../../core/search/usual-study.ts'
import { studyConfig } from '../../../core/protocol/study.ts'
import { rungsOf } from '../../../core/search/budget.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples')
type Json = Readonly<Record<string, unknown>>
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(EXAMPLES, `${name}.json`), 'utf8')) as Json
const names = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => path.basename(file, '.json'))
const runs = names.filter((name) => Object.hasOwn(read(name), 'network'))

describe('what a space reaches', () => {
  test.each(runs)(
    '%s: everything that is suggested may be searched, alone and together',
    (name) => {
      const run = read(name)
      const all: SearchSpace = {
        optimizer: { type: 'choice', values: [...OPTIMIZER_NAMES] },
        schedule: { type: 'choice', values: [...SCHEDULE_NAMES] },
      }
      const suggested = searchablePaths(run, { space: all })
      const together = Object.fromEntries(suggested.map((one) => [one.path, one.suggestion]))

      expect(suggested.length).toBeGreaterThan(8)
      expect(() => refuseForbidden(run, together)).not.toThrow()
      expect(() => refuseNeverAsked(together)).not.toThrow()
      for (const { path, suggestion } of searchablePaths(run)) {
        expect(() => refuseForbidden(run, { [path]: suggestion })).not.toThrow()
      }
    },
  )

  test.each(names.filter((name) => !runs.includes(name)))('%s is within it', (name) => {
    const { run, space } = studyConfig.parse(read(name))

    expect(() => refuseForbidden(run, space)).not.toThrow()
  })

  test('what is asked for under a condition of a condition is tried where both hold', () => {
    const run = read('digits')
    const space: SearchSpace = {
      optimizer: { type: 'choice', values: ['adam', 'momentum'] },
      'hyperparameters.momentum': {
        type: 'real',
        low: 0.5,
        high: 0.99,
        when: { optimizer: ['momentum'] },
      },
      'network.layers.0.units': { type: 'integer', low: 4, high: 8, when: { optimizer: ['adam'] } },
      'hyperparameters.l2': {
        type: 'real',
        low: 0.1,
        high: 1e6,
        when: { 'network.layers.0.units': [7] },
      },
    }

    expect(() => refuseForbidden(run, space)).toThrow(
      '"hyperparameters.l2" must be at most 1000, not 1000000: its range reaches that far',
    )
  })
})

describe('the usual study of a run', () => {
  test('is whole, stops early where there are enough trials, and trains as long as asked', () => {
    const run = read('digits')
    const whole = (asked: Parameters<typeof usualStudy>[2]) =>
      studyConfig.parse({ run, ...usualStudy(run, 8_000, asked) })

    expect(whole({})).toMatchObject({
      method: 'random',
      trials: 20,
      budget: { epochs: 3 },
      stop_early: { eta: 3, least: { epochs: 0.33 } },
      space: usualSpace(run, 8_000),
    })
    expect(whole({ epochs: 0.01 })).toMatchObject({ budget: { epochs: 0.01 } })
    expect(() => rungsOf(whole({ epochs: 0.01 }))).not.toThrow()
    expect(whole({ trials: 8 })).not.toHaveProperty('stop_early')
    expect(whole({ method: 'population' })).not.toHaveProperty('stop_early')
  })
})
