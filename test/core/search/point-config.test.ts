import fc from 'fast-check'
import { expect, test } from 'vitest'
import digits from '../../../examples/digits.json'
import { runConfig } from '../../../core/protocol/config.ts'
import { configAt } from '../../../core/search/point-config.ts'

test('a point sets numbers, choices and units of a layer where its paths say', () => {
  const config = configAt(digits, {
    'hyperparameters.learning_rate': 0.03,
    'network.layers.1.units': 77,
    'network.layers.0.activation': 'tanh',
  })

  expect(runConfig.parse(config)).toMatchObject({
    hyperparameters: { learning_rate: 0.03, beta1: 0.9 },
    network: { layers: [{ units: 256, activation: 'tanh' }, { units: 77 }, { units: 10 }] },
  })
  expect(digits.network.layers[1]?.units).toBe(128)
})

test('another optimizer leaves out what it does not have', () => {
  const config = configAt(digits, { optimizer: 'momentum', 'hyperparameters.momentum': 0.95 })

  const parsed = runConfig.parse(config)
  expect(parsed.hyperparameters).toMatchObject({ learning_rate: 0.001, momentum: 0.95 })
  expect(parsed.hyperparameters.beta1).toBeUndefined()
})

test('what is searched is never left out silently', () => {
  const config = configAt(digits, { 'hyperparameters.momentum': 0.95 })

  expect(runConfig.safeParse(config).success).toBe(false)
})

test.each([
  'network.layers.9.units',
  'network.layer.0.units',
  'network.layers.x.units',
  '__proto__.polluted',
  'hyperparameters.learning_rate.low',
])('a path that leads nowhere is refused by name: %s', (path) => {
  expect(() => configAt(digits, { [path]: 1 })).toThrow(new RegExp(path.replaceAll('.', '\\.')))
})

test('whatever is set can be read back there, and nothing else has changed', () => {
  const paths = ['seed', 'network.layers.0.units', 'hyperparameters.l2', 'day.epochs']
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.integer({ min: 1, max: 99 }), (path, value) => {
      const config = configAt(digits, { [path]: value })

      const read = (from: unknown, parts: readonly string[]): unknown =>
        parts.reduce((at: unknown, part) => (at as Record<string, unknown>)[part], from)
      expect(read(config, path.split('.'))).toBe(value)
      const back = configAt(config, { [path]: read(digits, path.split('.')) as number })
      expect(back).toEqual(digits)
    }),
  )
})
