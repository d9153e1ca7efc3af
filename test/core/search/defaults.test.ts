import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Point, SearchSpace } from '../../../core/protocol/space.ts'
import { searchablePaths, suggestDimension } from '../../../core/search/defaults.ts'
import { randomPoint } from '../../../core/search/methods/random.ts'
import {
  checkSpace,
  pathsOf,
  placeOf,
  pointAt,
  scaleOf,
  valueAt,
} from '../../../core/search/space.ts'
import { unsearchable } from '../../../core/search/study-history.ts'
import { planTrial, trialConfigOf } from '../../../core/session/study/trial-plan.ts'
import { studyConfig } from '../../../core/protocol/study.ts'
import type { DataFacts } from '../../../core/store/run.ts'

const EXAMPLES = path.join(import.meta.dirname, '../../../examples')
type Json = Readonly<Record<string, unknown>>
const read = (file: string) => JSON.parse(readFileSync(path.join(EXAMPLES, file), 'utf8')) as Json

/** Configs of runs; a search is none. */
const PRESETS = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith('.json'))
  .filter((file) => !('space' in read(file)))

const COUNTS = { trainExamples: 800, devExamples: 200, characters: null }
const ROWS: DataFacts = {
  ...COUNTS,
  features: 2,
  featureShape: [2],
  classes: 2,
  classNames: ['0', '1'],
  vocabulary: null,
  targetsPerExample: 1,
}
const IMAGES: DataFacts = {
  ...ROWS,
  features: 784,
  featureShape: [1, 28, 28],
  classes: 10,
  classNames: Array.from({ length: 10 }, (_, id) => String(id)),
}
const TEXT: DataFacts = {
  ...ROWS,
  features: 64,
  featureShape: [64],
  classes: 61,
  classNames: null,
  vocabulary: 61,
  targetsPerExample: 64,
}

function factsOf(config: Json): DataFacts {
  const data = config['data'] as Json
  if ('csv' in data) return ROWS
  return data['sample'] === 'sonnets' ? TEXT : IMAGES
}

/** Plans the trial that a preset makes at a point; throws where it could not be built. */
function build(run: Json, space: SearchSpace, point: Point) {
  const study = studyConfig.parse({ run, space, budget: { steps: 1 } })
  return planTrial(trialConfigOf(study, point), factsOf(run))
}

const found = (run: Json, about?: Parameters<typeof searchablePaths>[1]) =>
  new Map(searchablePaths(run, about).map((row) => [row.path, row]))

describe('what may be searched', () => {
  test.each(PRESETS)('each suggestion for %s can be built, wherever in its range', (file) => {
    const run = read(file)
    const rows = searchablePaths(run, { trainExamples: 800 })

    expect(rows.length).toBeGreaterThan(6)
    for (const { path: at, suggestion } of rows) {
      const space = { [at]: suggestion }
      expect(() => checkSpace(space)).not.toThrow()
      expect(unsearchable(space)).toBeNull()
      for (const place of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
        const point = { [at]: valueAt(at, suggestion, place) }
        expect(() => build(run, space, point), `${at} = ${String(point[at])}`).not.toThrow()
      }
    }
  })

  test.each(PRESETS)('all suggestions for %s together can be built', (file) => {
    const run = read(file)
    const choices = Object.fromEntries(
      searchablePaths(run)
        .filter(({ path: at }) => at === 'optimizer' || at === 'schedule')
        .map(({ path: at, suggestion }) => [at, suggestion]),
    )
    const rows = searchablePaths(run, { space: choices, trainExamples: 800 })
    const space = Object.fromEntries(rows.map(({ path: at, suggestion }) => [at, suggestion]))
    checkSpace(space)

    for (let i = 0; i < 30; i++) {
      const point = pointAt(space, randomPoint(pathsOf(space).length, 1, i))
      expect(() => build(run, space, point), JSON.stringify(point)).not.toThrow()
    }
  })

  test('what the run has now lies in its range, on a scale that can reach it', () => {
    for (const file of PRESETS) {
      for (const { path: at, current, suggestion } of searchablePaths(read(file))) {
        const isNone = current === 0 && scaleOf(at, suggestion) === 'logarithmic'
        if (current === null || isNone) continue
        expect(valueAt(at, suggestion, placeOf(at, suggestion, current)), at).toEqual(
          typeof current === 'number' ? expect.closeTo(current, 8) : current,
        )
      }
    }
  })

  test('what the classes, a sum or the heads of an attention decide is not offered', () => {
    const resnet = found(read('resnet.json'))
    const transformer = found(read('character-transformer.json'))

    expect(found(read('digits.json')).has('network.layers.1.units')).toBe(true)
    expect(found(read('digits.json')).has('network.layers.2.units')).toBe(false)
    expect(found(read('digits.json')).has('network.layers.2.activation')).toBe(false)
    expect(resnet.has('network.layers.0.filters')).toBe(false)
    expect(resnet.has('network.layers.2.layers.0.filters')).toBe(true)
    expect(resnet.has('network.layers.2.layers.1.filters')).toBe(false)
    expect(resnet.has('network.layers.2.shortcut.0.filters')).toBe(false)
    expect(resnet.get('network.layers.2.layers.0.filters')?.label).toBe('Layer 3.1: filters')
    expect(transformer.has('network.layers.0.units')).toBe(false)
    expect(transformer.get('network.layers.1.layers.1.heads')?.suggestion).toEqual({
      type: 'choice',
      values: [1, 2, 4],
    })
    expect(transformer.has('data.normalise')).toBe(false)
  })

  test('a searched optimizer brings what only some have, and says with which', () => {
    const run = read('digits.json')
    const optimizer = { type: 'choice', values: ['adam', 'momentum', 'nesterov'] } as const

    const alone = found(run)
    const both = found(run, {
      space: { optimizer: { ...optimizer, values: [...optimizer.values] } },
    })

    expect(alone.has('hyperparameters.momentum')).toBe(false)
    expect(alone.get('hyperparameters.beta1')?.suggestion.when).toBeUndefined()
    expect(both.get('hyperparameters.momentum')).toMatchObject({
      current: null,
      suggestion: { when: { optimizer: ['momentum', 'nesterov'] } },
    })
    expect(both.get('hyperparameters.beta1')?.suggestion.when).toEqual({ optimizer: ['adam'] })
    expect(both.get('hyperparameters.learning_rate')?.suggestion.when).toBeUndefined()
  })

  test('mini-batches are no larger than the data', () => {
    const rows = found(read('digits.json'), { trainExamples: 100 })

    expect(rows.get('hyperparameters.batch_size')?.suggestion).toMatchObject({ high: 100 })
  })

  test('a config that is none has nothing to search', () => {
    expect(searchablePaths({ network: 3 })).toEqual([])
    expect(searchablePaths(null)).toEqual([])
  })
})

describe('suggested ranges', () => {
  test.each([
    ['hyperparameters.learning_rate', 1e-5, 1, 'logarithmic'],
    ['hyperparameters.beta1', 0.5, 0.999, 'one-minus'],
    ['hyperparameters.beta2', 0.9, 0.9999, 'one-minus'],
    ['hyperparameters.dropout', 0, 0.6, 'linear'],
    ['network.layers.3.units', 16, 512, 'linear'],
    ['network.layers.1.layers.0.filters', 8, 128, 'linear'],
  ])('%s from %d to %d, %s', (at, low, high, scale) => {
    expect(suggestDimension(at, null)).toMatchObject({ low, high, scale })
  })

  test('a range opens for the value there is, but a logarithm never to zero', () => {
    expect(suggestDimension('network.layers.0.units', 4)).toMatchObject({ low: 4, high: 512 })
    expect(suggestDimension('hyperparameters.learning_rate', 2)).toMatchObject({ high: 2 })
    expect(suggestDimension('hyperparameters.l2', 0)).toMatchObject({ low: 1e-6 })
    expect(suggestDimension('network.layers.0.activation', 'linear')).toMatchObject({
      values: expect.arrayContaining(['linear', 'relu']) as unknown,
    })
  })

  test('of a path that nothing is known of there is none', () => {
    expect(suggestDimension('seed', 1)).toBeNull()
    expect(suggestDimension('network.layers.0.heads', 1)).toBeNull()
    expect(suggestDimension('toString', 1)).toBeNull()
  })
})
