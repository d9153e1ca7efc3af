import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonFault, positionOf } from '../../cli/config/json-fault.ts'
import { findConfigFault } from '../../core/protocol/config-fault.ts'
import { runConfig } from '../../core/protocol/config.ts'
import { fakeHost, panda } from './fake-host.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const VALID = {
  data: { sample: 'digits' },
  network: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'sparse_categorical_cross_entropy',
}

const withLayers = (...layers: unknown[]) => ({ ...VALID, network: { layers } })
const residual = (...layers: unknown[]) => ({ type: 'residual', layers })

const writeConfig = (text: string | Uint8Array, name = 'c.json'): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'panda-config-')), name)
  writeFileSync(file, text)
  return file
}

const creating = () =>
  fakeHost({
    'runs:create': ({ name }) => ({
      run: name ?? 'own',
      file: '/runs/x.panda',
      parameters: 7850,
      memoryBytes: 1_234_567,
    }),
  })

describe('where JSON breaks', () => {
  test('a fault is found exactly where JSON.parse refuses, on broken and whole texts', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '/', '0', '\\', '\n'))
      .map(([text, at, junk]) => {
        const i = at % (text.length + 1)
        return text.slice(0, i) + junk + text.slice(i + 1)
      })
    fc.assert(
      fc.property(fc.oneof(broken, fc.json(), fc.string()), (text) => {
        expect(findJsonFault(text) === null).toBe(parses(text))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['{"a": 1,\n "b": }', 'line 2, column 7'],
    ['{"a": 1', 'line 1, column 8'],
    ['', 'line 1, column 1'],
    ['{"a": 1} x', 'line 1, column 10'],
    ["{'a': 1}", 'line 1, column 2'],
  ])('%j breaks at %s', (text, position) => {
    expect(positionOf(text, findJsonFault(text) ?? -1)).toBe(position)
  })

  test('nesting without end is refused instead of ending the program', () => {
    expect(findJsonFault('['.repeat(100_000))).not.toBeNull()
  })
})

describe('what is wrong with a config', () => {
  test.each<[object, string, string]>([
    [{ ...VALID, optimiser: 'adam' }, 'there is no "optimiser"', 'Did you mean "optimizer"?'],
    [
      { ...VALID, hyperparameters: { learning_rat: 1 } },
      'there is no "hyperparameters.learning_rat"',
      'Did you mean "learning_rate"?',
    ],
    [
      { ...VALID, data: { sample: 'digits', normalize: 'none' } },
      'there is no "data.normalize"',
      'Did you mean "normalise"?',
    ],
    [{ ...VALID, data: { sampel: 'digits' } }, 'there is no "data.sampel"', '"sample"'],
    [
      { ...VALID, network: { layers: [{ type: 'dense', unit: 3 }] } },
      'there is no "network.layers[0].unit"',
      'Did you mean "units"?',
    ],
    [
      { ...VALID, network: { layers: [{ type: 'dense', units: 3, activation: 'rely' }] } },
      '"network.layers[0].activation" cannot be "rely"',
      'Did you mean "relu"?',
    ],
    [{ ...VALID, data: { csv: 'a.csv' } }, '"data.label" is missing', 'config.schema.json'],
    [
      withLayers({ type: 'dense', units: 3 }, { type: 'convv', filters: 3 }),
      '"network.layers[1].type" cannot be "convv"',
      'Did you mean "conv"?',
    ],
    [
      withLayers({ type: 'batch_norm' }),
      '"network.layers[0].type" cannot be "batch_norm"',
      'It may be dense, conv, depthwise_conv, max_pool,',
    ],
    [withLayers({ units: 3 }), '"network.layers[0].type" is missing', ''],
    [
      withLayers({ typ: 'dense', units: 3 }),
      'there is no "network.layers[0].typ"',
      'Did you mean "type"?',
    ],
    [
      withLayers({ type: 'conv', filtres: 3, kernel: 3 }),
      'there is no "network.layers[0].filtres"',
      'Did you mean "filters"?',
    ],
    [
      withLayers({ type: 'dense', units: 3, kernel: 3 }),
      'there is no "network.layers[0].kernel"',
      'It takes type, units, activation, batch_norm.',
    ],
    [
      withLayers(residual({ type: 'dense', units: 3 }, residual({ type: 'layernorm' }))),
      '"network.layers[0].layers[1].layers[0].type" cannot be "layernorm"',
      'Did you mean "layer_norm"?',
    ],
    [
      withLayers({ ...residual({ type: 'flatten' }), shortcut: [{ type: 'conv', kernl: 1 }] }),
      'there is no "network.layers[0].shortcut[0].kernl"',
      'Did you mean "kernel"?',
    ],
    [
      withLayers({ type: 'conv', filters: 3, kernel: 3, padding: 'sam' }),
      '"network.layers[0].padding" cannot be "sam"',
      'Did you mean "same"?',
    ],
    [
      withLayers({ type: 'conv', filters: 3, kernel: 3, padding: -1 }),
      '"network.layers[0].padding" must be at least 0, not -1',
      '',
    ],
    [
      withLayers({ type: 'dense', units: 3, batch_norm: 1 }),
      '"network.layers[0].batch_norm" cannot be 1',
      'It may be true, false, before_activation, after_activation.',
    ],
    [withLayers(3), '"network.layers[0]" must be an object, not 3', ''],
    [{ ...VALID, day: { epoch: 1 } }, 'there is no "day.epoch"', 'Did you mean "epochs"?'],
    [
      { ...VALID, hyperparameters: { learning_rate: -1 } },
      '"hyperparameters.learning_rate" must be at least 0',
      '',
    ],
    [{ ...VALID, loss: undefined }, '"loss" is missing', ''],
    [
      { ...VALID, hyperparameters: { lr: 0.1 } },
      'there is no "hyperparameters.lr"',
      'Did you mean "learning_rate"?',
    ],
    [
      { ...VALID, data: {} },
      '"data" must have sample, idx, csv with label or text',
      'config.schema.json',
    ],
    [
      { ...VALID, data: { dev: 0.1 } },
      '"data" must have sample, idx, csv with label or text',
      'config.schema.json',
    ],
    [{ ...VALID, day: {} }, '"day" must have epochs, steps, minutes or hours', ''],
    [
      { ...VALID, huber_delta: 2 },
      '"huber_delta" does nothing: it is of the loss huber',
      'Remove huber_delta, or use huber.',
    ],
  ])('%#: the first fault is named with its place', (config, message, remedy) => {
    const fault = findConfigFault(JSON.parse(JSON.stringify(config)))

    expect(fault?.message).toContain(message)
    expect(fault?.remedy).toContain(remedy)
  })

  test('a fault is found exactly where the schema finds one', () => {
    const anything = fc.oneof(fc.anything(), fc.constant(VALID))
    const changed = fc
      .tuple(fc.constantFrom('data', 'network', 'loss', 'day', 'seed', 'oops'), fc.anything())
      .map(([key, value]) => ({ ...VALID, [key]: value }))
    fc.assert(
      fc.property(fc.oneof(anything, changed), (config) => {
        expect(findConfigFault(config) === null).toBe(runConfig.safeParse(config).success)
      }),
    )
  })
})

describe('panda new', () => {
  test('the config goes to the host as it was written, with its folder and name', async () => {
    const host = creating()
    const file = writeConfig(JSON.stringify(VALID))

    const { code, json } = await panda(['new', file, '--name', 'd', '--json'], host)

    expect(code).toBe(0)
    expect(json).toEqual({
      run: 'd',
      file: '/runs/x.panda',
      parameters: 7850,
      memoryBytes: 1_234_567,
    })
    expect(host.calls[0]).toEqual([
      'runs:create',
      { config: VALID, base: path.dirname(file), name: 'd' },
    ])
  })

  test('a person is told how large the network is before it trains', async () => {
    const { out } = await panda(['new', writeConfig(JSON.stringify(VALID))], creating())

    expect(out).toContain('\n7850 parameters, about 1.2 MB of memory to train.\n')
  })

  test("without --name the config's own name holds, else its file's", async () => {
    const named = creating()
    const nameless = creating()

    await panda(['new', writeConfig(JSON.stringify({ ...VALID, name: 'mine' }))], named)
    await panda(['new', writeConfig(JSON.stringify(VALID), 'moons.json')], nameless)

    expect(named.calls[0]?.[1]).not.toHaveProperty('name')
    expect(nameless.calls[0]?.[1]).toMatchObject({ name: 'moons' })
  })

  test('a byte-order mark is no fault', async () => {
    const file = writeConfig(`\uFEFF${JSON.stringify(VALID)}`)

    expect((await panda(['new', file], creating())).code).toBe(0)
  })

  test.each<[string, string | Uint8Array, string]>([
    ['a broken text', '{"seed": 1,\n}', 'is not JSON at line 2, column 1: unexpected "}"'],
    ['an empty file', '', 'is not JSON at line 1, column 1: unexpected end'],
    ['another encoding', Uint8Array.of(0xff, 0xfe, 0x7b), 'is not UTF-8 text'],
    ['a misspelt key', JSON.stringify({ ...VALID, sead: 1 }), 'there is no "sead"'],
  ])('%s is refused with the name of the file, before any host is made', async (_, text, why) => {
    const host = creating()
    const file = writeConfig(text)

    const { code, out, err } = await panda(['new', file], host)

    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain(file)
    expect(err).toContain(why)
    expect(host.calls).toEqual([])
  })

  test('a file that is not there is named', async () => {
    const { code, err } = await panda(['new', 'nowhere.json'], creating())

    expect(code).toBe(1)
    expect(err).toContain('/work/nowhere.json cannot be read: there is no such file.')
  })
})
