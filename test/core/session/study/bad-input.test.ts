import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { STUDY, newStudyBench } from './harness.ts'

const rate = (low: number, high: number, more = {}) => ({
  'hyperparameters.learning_rate': { type: 'real', low, high, ...more },
})
const EVERY = { every: { epochs: 1 } }
const choices = (count: number) => ({
  type: 'choice',
  values: Array.from({ length: count }, (_, i) => i),
})

describe('a study that makes no sense', () => {
  test.each([
    ['an empty range', { space: rate(1, 1) }, 'has the empty range'],
    ['an inverted range', { space: rate(1, 0.1) }, 'has the inverted range'],
    ['a logarithm through 0', { space: rate(0, 1, { scale: 'logarithmic' }) }, 'through zero'],
    [
      'a grid of 10⁷ points',
      { method: 'grid', space: { a: choices(1000), b: choices(1000), c: choices(10) } },
      'the grid has 10000000 points',
    ],
    ['no dimension', { space: {} }, 'the space is empty'],
    ['no space', { space: undefined }, '"space" is missing'],
    ['no budget', { budget: undefined }, '"budget" is missing'],
    ['two budgets', { budget: { steps: 1, epochs: 1 } }, 'cannot have steps and epochs together'],
    ['a misspelt key', { trails: 3 }, 'there is no "trails"'],
    ['half a trial', { trials: 2.5 }, '"trials" must be a whole number, not 2.5'],
    ['too many trials', { trials: 1e7 }, '"trials" must be at most 100000, not 10000000'],
    ['a range up to 1e999', { space: rate(1e-3, Infinity) }, 'must be a number, not Infinity'],
    ['a range from NaN', { space: rate(NaN, 1) }, 'must be a number, not NaN'],
    [
      'a type that is none',
      { space: { a: { type: 'float', low: 0, high: 1 } } },
      'cannot be "float"',
    ],
    [
      '1 − β through 1',
      {
        space: { 'hyperparameters.beta1': { type: 'real', low: 0.5, high: 1, scale: 'one-minus' } },
      },
      'the scale of 1 − β up to 1',
    ],
    [
      'a condition on what is not searched',
      { space: rate(1e-4, 0.1, { when: { optimizr: ['adam'] } }) },
      'depends on "optimizr", which is not searched',
    ],
    [
      'a condition that never holds',
      {
        space: {
          optimizer: { type: 'choice', values: ['adam', 'momentum'] },
          ...rate(1e-4, 0.1, { when: { optimizer: ['adm'] } }),
        },
      },
      'asked for only where "optimizer" is adm, which it never is',
    ],
    [
      'a condition on itself',
      { space: rate(1e-4, 0.1, { when: { 'hyperparameters.learning_rate': [0.1] } }) },
      '"hyperparameters.learning_rate" depends on itself',
    ],
    [
      'conditions in a ring',
      {
        space: {
          optimizer: {
            type: 'choice',
            values: ['adam'],
            when: { 'hyperparameters.learning_rate': [0.1] },
          },
          ...rate(1e-4, 0.1, { when: { optimizer: ['adam'] } }),
        },
      },
      'depend on each other',
    ],
    ['a path of the language', { space: { '__proto__.x': choices(2) } }, 'has no __proto__ there'],
    [
      'a misspelt choice',
      { space: { optimizer: { type: 'choice', values: ['adam', 'adm'] } } },
      'adm',
    ],
    ['a range beyond what α may be', { space: rate(1, 1e9) }, 'at most 1000, not 1000000000'],
    [
      'no units at one end',
      { space: { 'network.layers.0.units': { type: 'integer', low: 0, high: 4 } } },
      '"network.layers.0.units" must be more than 0, not 0',
    ],
    [
      'fractions of units',
      { space: { 'network.layers.0.units': { type: 'real', low: 4, high: 12 } } },
      'must be a whole number',
    ],
    [
      'momentum without a condition',
      {
        run: { ...STUDY.run, hyperparameters: { batch_size: 16 } },
        space: {
          optimizer: { type: 'choice', values: ['adam', 'momentum'] },
          'hyperparameters.momentum': { type: 'real', low: 0.5, high: 0.99 },
        },
      },
      'is searched with the optimizer adam too, where there is none',
    ],
    ['an unknown path', { space: { 'network.layers.9.units': choices(2) } }, 'has no 9 there'],
    ['an unknown hyperparameter', { space: { 'hyperparameters.speed': choices(2) } }, 'speed'],
    ['a budget of 0', { budget: { steps: 0 } }, 'budget'],
    ['no trials at once', { parallel: 0 }, 'parallel'],
    ['no trials', { trials: 0 }, 'trials'],
    ['a method that is none', { method: 'guess' }, 'method'],
    ['units of early stopping', { stop_early: { least: { steps: 3 } } }, 'different units'],
    ['a late first rung', { stop_early: { least: { epochs: 3 } } }, 'is not less than the budget'],
    ['a way to breed, but no population', { population: EVERY }, 'the method is random'],
    [
      'a population that stops early too',
      { method: 'population', stop_early: { least: { epochs: 1 } } },
      'exclude each other',
    ],
    [
      'a late first exchange',
      { method: 'population', population: { every: { epochs: 3 } } },
      'population.every .3. is not less than the budget',
    ],
    [
      'units of exchanges',
      { method: 'population', population: { every: { steps: 3 } } },
      'budget and population.every are in different units',
    ],
    [
      'a thousand and one exchanges',
      { method: 'population', budget: { steps: 9_009 }, population: { every: { steps: 9 } } },
      '1001 times',
    ],
    [
      'a population of copies without a difference',
      {
        method: 'population',
        space: { 'network.layers.0.units': { type: 'choice', values: [4] } },
      },
      'nothing to change while it trains',
    ],
    ['a population of one', { method: 'population', trials: 1 }, 'nobody to copy'],
    [
      'a share of more than half',
      { method: 'population', population: { every: { epochs: 1 }, share: 0.6 } },
      'population.share',
    ],
    ['a seed to search', { space: { seed: choices(3) } }, 'the same for all trials'],
    ['data to search', { space: { 'data.dev': choices(3) } }, 'the same for all trials'],
    ['a bad run', { run: { ...STUDY.run, loss: 'hope' } }, 'loss'],
    [
      'data that is not there',
      { run: { ...STUDY.run, data: { csv: 'no.csv', label: 'a' } } },
      'no.csv',
    ],
    [
      'a network that cannot be built',
      { run: { ...STUDY.run, network: { layers: [{ type: 'dense', units: 9 }] } } },
      'has no 1 there|must have 2 units',
    ],
  ])('with %s is refused, and nothing is written', async (_, settings, reason) => {
    const { create, folder } = newStudyBench()

    await expect(create({ space: rate(1e-4, 0.1), ...settings })).rejects.toThrow(
      new RegExp(reason),
    )
    expect(readdirSync(folder)).toEqual(['rings.csv'])
  })

  test('with a name that is taken is refused, and the other stays as it was', async () => {
    const { create, folder } = newStudyBench()
    await create()
    const before = readFileSync(path.join(folder, 's.study'))

    await expect(create()).rejects.toMatchObject({
      code: 'store/exists',
      message: 'there is a study "s" already',
      remedy: 'Go on with that one, or choose another name.',
    })
    expect(readFileSync(path.join(folder, 's.study')).equals(before)).toBe(true)
    expect(readdirSync(folder).toSorted()).toEqual(['rings.csv', 's.study'])
  })

  test('each refusal says what to do', async () => {
    const { create } = newStudyBench()
    const wrong = [{ space: {} }, { trials: 0 }, { method: 'guess' }, { space: rate(1, 1e9) }, null]

    for (const settings of wrong) {
      const creating = settings === null ? create({ run: null }) : create(settings)
      await expect(creating).rejects.toMatchObject({
        code: 'config/invalid',
        remedy: expect.stringMatching(/^[A-Z].*\.$/) as string,
      })
    }
  })

  test('a searched optimizer leaves out what it does not have, and no trial fails', async () => {
    const { create, runToEnd } = newStudyBench()
    await create({
      method: 'grid',
      trials: 6,
      space: {
        optimizer: { type: 'choice', values: ['adam', 'momentum', 'rmsprop'] },
        'hyperparameters.momentum': {
          type: 'real',
          low: 0.5,
          high: 0.99,
          when: { optimizer: ['momentum'] },
        },
      },
      run: { ...STUDY.run, hyperparameters: { learning_rate: 0.01, batch_size: 16, beta1: 0.8 } },
      budget: { steps: 5 },
    })

    const { trials } = await runToEnd('s')

    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['done']))
    expect(new Set(trials.map(({ point }) => point['optimizer'])).size).toBe(3)
  })
})
