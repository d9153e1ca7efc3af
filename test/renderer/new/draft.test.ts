import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runConfig } from '../../../core/protocol/config.ts'
import { valueAt } from '../../../core/protocol/config-schema.ts'
import { findConfigFaults } from '../../../core/protocol/config-fault.ts'
import type { DataDescription } from '../../../core/protocol/describe-data.ts'
import type { Source } from '../../../renderer/new/data-source.ts'
import { EMPTY_DRAFT, fitOf, layersOf, reduceDraft } from '../../../renderer/new/draft.ts'
import type { Draft } from '../../../renderer/new/draft.ts'
import { readModel } from '../../../renderer/new/model.ts'
import { presetsFor } from '../../../renderer/new/presets.ts'
import { faultTextAt, faultsOf } from '../../../renderer/new/steps.ts'
import { picturesOf, tableOf, textOf } from './describing.ts'

const PATHS = {
  table: ['data', 'csv'],
  images: ['data', 'sample'],
  text: ['data', 'text'],
} as const

function draftOn(description: DataDescription, from: Draft = EMPTY_DRAFT): Draft {
  const path = PATHS[description.kind]
  const chosen = reduceDraft(from, {
    type: 'data-chosen',
    path,
    value: description.kind === 'images' ? 'digits' : '/uploads/ab/my data.csv',
  })
  return reduceDraft(chosen, { type: 'described', description })
}

const lastUnits = ({ config }: Draft) => layersOf(config).at(-1)?.['units']

const anyData: fc.Arbitrary<DataDescription> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 300 }),
      fc.option(fc.integer({ min: 2, max: 60 })),
      fc.integer({ min: 5, max: 500 }),
    )
    .map(([features, classes, examples]) => tableOf(features, classes, examples)),
  fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 30 }),
    )
    .map(([height, width, classes]) => picturesOf(height, width, classes)),
  fc.integer({ min: 2, max: 120 }).map((vocabulary) => textOf(vocabulary)),
)

describe('a draft', () => {
  test('every preset on every kind of data gives a config that is accepted and a network that fits', () => {
    fc.assert(
      fc.property(anyData, (description) => {
        const draft = draftOn(description)
        const fit = fitOf(draft)
        for (const preset of fit === null ? [] : presetsFor(fit)) {
          const { config } = reduceDraft(draft, { type: 'preset-chosen', preset })

          expect(findConfigFaults(config)).toEqual([])
          const model = readModel(config, description)
          expect(model?.layers.map(({ fault }) => fault).filter(Boolean)).toEqual([])
          expect(model?.fits).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('has its network, loss, label and name as soon as the data is known', () => {
    const { config, preset } = draftOn(tableOf(4, 3))

    const made = runConfig.parse(config)
    expect(made).toMatchObject({
      name: 'my data',
      data: { csv: '/uploads/ab/my data.csv', label: 'kind', dev: 0.2, normalise: 'feature' },
      loss: 'sparse_categorical_cross_entropy',
      optimizer: 'adam',
    })
    expect(preset).toBe('mlp')
  })

  test('never asks for a mini-batch that is larger than the data', () => {
    const { config } = draftOn(tableOf(2, 2, 40))

    expect(valueAt(config, ['hyperparameters', 'batch_size'])).toBe(32)
  })

  test('two classes are told apart by one output, more by one each, a number by one', () => {
    expect(lastUnits(draftOn(tableOf(4, 2)))).toBe(1)
    expect(lastUnits(draftOn(tableOf(4, 7)))).toBe(7)
    expect(lastUnits(draftOn(tableOf(4, null)))).toBe(1)
  })

  test('the last layer follows the task until it is changed by hand', () => {
    const draft = draftOn(tableOf(4, 2))
    const followed = reduceDraft(draft, {
      type: 'loss-chosen',
      loss: 'sparse_categorical_cross_entropy',
    })
    const layers = layersOf(followed.config).with(-1, { type: 'dense', units: 5 })
    const mine = reduceDraft(followed, { type: 'layers-changed', layers })

    const after = reduceDraft(mine, { type: 'loss-chosen', loss: 'binary_cross_entropy' })

    expect(lastUnits(followed)).toBe(2)
    expect(lastUnits(after)).toBe(5)
    expect(readModel(after.config, after.description)?.layers.at(-1)?.fault?.message).toContain(
      'must have 1 unit',
    )
  })

  test('other data starts the data over and keeps how long a day is', () => {
    const draft = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'put',
      path: ['day'],
      value: { hours: 3 },
    })

    const source: Source = 'text'
    const other = reduceDraft(draft, { type: 'source-chosen', source })

    expect(other.config['data']).toBeUndefined()
    expect(other.config['day']).toEqual({ hours: 3 })
    expect(other.description).toBeNull()
  })

  test('a name that was typed stays when the data changes', () => {
    const named = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'put',
      path: ['name'],
      value: 'mine',
    })

    expect(draftOn(picturesOf(28, 28, 10), named).config['name']).toBe('mine')
  })

  test('what was changed of the training stays when the same data is described again', () => {
    const draft = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'put',
      path: ['hyperparameters', 'learning_rate'],
      value: 0.02,
    })
    const reloaded = { ...draft, description: null }

    const { config } = reduceDraft(reloaded, { type: 'described', description: tableOf(4, 5) })

    expect(valueAt(config, ['hyperparameters', 'learning_rate'])).toBe(0.02)
    expect(layersOf(config).at(-1)?.['units']).toBe(5)
  })

  test('a number that was chosen over classes stays chosen when the data is described again', () => {
    const draft = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'loss-chosen',
      loss: 'huber',
    })

    const { config } = reduceDraft(
      { ...draft, description: null },
      { type: 'described', description: tableOf(4, 3) },
    )

    expect(config['loss']).toBe('huber')
    expect(layersOf(config).at(-1)?.['units']).toBe(1)
  })

  test('another column brings the loss that suits what it holds', () => {
    const chosen = reduceDraft(draftOn(tableOf(4, 3)), { type: 'label-chosen', label: 'x1' })

    const description = { ...tableOf(4, null), label: 'x1' }
    const { config } = reduceDraft(chosen, { type: 'described', description })

    expect(config['loss']).toBe('mean_squared_error')
  })

  test('layers changed by hand stay when the label changes', () => {
    const draft = draftOn(tableOf(4, 3))
    const mine = reduceDraft(draft, {
      type: 'layers-changed',
      layers: [{ type: 'dense', units: 3 }],
    })

    const relabelled = reduceDraft(mine, {
      type: 'described',
      description: { ...tableOf(4, 3), label: 'x1' },
    })

    expect(layersOf(relabelled.config)).toHaveLength(1)
  })
})

describe('what training takes', () => {
  const knobsOf = ({ config }: Draft) => config['hyperparameters']

  test('another optimizer drops the knobs it does not have, and brings its own learning rate', () => {
    const draft = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'put',
      path: ['hyperparameters', 'beta1'],
      value: 0.8,
    })

    const { config } = reduceDraft(draft, {
      type: 'recipe-chosen',
      part: 'optimizer',
      value: 'momentum',
    })

    expect(config['hyperparameters']).toEqual({ learning_rate: 0.1, batch_size: 64 })
    expect(findConfigFaults(config)).toEqual([])
  })

  test('a learning rate set by hand stays where the new optimizer works at the same scale', () => {
    const draft = reduceDraft(draftOn(tableOf(4, 3)), {
      type: 'put',
      path: ['hyperparameters', 'learning_rate'],
      value: 0.004,
    })

    const other = reduceDraft(draft, { type: 'recipe-chosen', part: 'optimizer', value: 'adamw' })

    expect(knobsOf(other)).toMatchObject({ learning_rate: 0.004 })
  })

  test('removing the last dropout layer takes its knob away too', () => {
    const transformer = draftOn(textOf(61))
    const layers = [
      { type: 'embedding', units: 8 },
      { type: 'dense', units: 61 },
    ]

    const { config } = reduceDraft(transformer, { type: 'layers-changed', layers })

    expect(knobsOf(transformer)).toHaveProperty('dropout')
    expect(config['hyperparameters']).not.toHaveProperty('dropout')
    expect(findConfigFaults(config)).toEqual([])
  })
})

describe('faults', () => {
  test('blank cells and columns of words are named, with the way out', () => {
    const table = tableOf(2, 3)
    const [x1, x2, kind] = table.columns ?? []
    const draft = draftOn({
      ...table,
      columns: [
        { ...x1!, blank: 3 },
        { ...x2!, kind: 'words' },
        { ...kind!, kind: 'words' },
      ],
    })

    const faults = faultsOf(draft, readModel(draft.config, draft.description))

    expect(faults.map(({ step, message }) => [step, message])).toEqual([
      ['data', 'column x1 has 3 blank cells'],
      ['target', 'column x2 holds words, and a network takes numbers'],
    ])
  })

  test('a fault stands at its field, in the words of a form', () => {
    const { config, ...rest } = draftOn(tableOf(2, 3))
    const draft = { ...rest, config: { ...config, seed: 'abc' } }
    const faults = faultsOf(draft, null)

    expect(faultTextAt(faults, ['seed'])).toBe('Seed must be a number, not "abc".')
    expect(faultTextAt(faults, ['day'])).toBeNull()
  })
})

describe('the network while it is made', () => {
  const shapesOf = (layers: readonly { type: string; [key: string]: unknown }[]) => {
    const draft = draftOn(picturesOf(28, 28, 10))
    const { config, description } = reduceDraft(draft, { type: 'layers-changed', layers })
    return readModel(config, description)
  }

  test('shows the shape and the parameters of each layer', () => {
    const model = shapesOf([
      { type: 'conv', filters: 8, kernel: 5 },
      { type: 'max_pool' },
      { type: 'flatten' },
      { type: 'dense', units: 10 },
    ])

    expect(model?.layers.map(({ output }) => output)).toEqual([
      [8, 28, 28],
      [8, 14, 14],
      [1568],
      [10],
    ])
    expect(model?.layers.map(({ parameters }) => parameters)).toEqual([208, 0, 0, 15_690])
    expect(model?.parameters).toBe(15_898)
    expect(model?.memoryBytes).toBeGreaterThan(15_898 * 16)
  })

  test('a layer that does not fit says so itself, and those before it keep their shapes', () => {
    const model = shapesOf([
      { type: 'conv', filters: 8, kernel: 5 },
      { type: 'dense', units: 10 },
      { type: 'dense', units: 10 },
    ])

    expect(model?.layers.map(({ fault }) => fault !== null)).toEqual([false, true, false])
    expect(model?.layers[0]?.output).toEqual([8, 28, 28])
    expect(model?.layers[1]?.fault?.remedy).toContain('flatten')
    expect(model?.fits).toBe(false)
  })

  test('a field that is wrong is told at its layer', () => {
    const model = shapesOf([
      { type: 'dense', units: 16 },
      { type: 'dense', units: 'many' },
    ])

    expect(model?.layers[1]?.fault?.message).toBe(
      '"network.layers[1].units" must be a number, not "many"',
    )
    expect(model?.layers[0]?.output).toEqual([16])
  })
})
