import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkAnswers, checkModel } from '../../core/nn/check.ts'
import { countParameters, planNetwork } from '../../core/nn/plan.ts'
import type { InputSpec } from '../../core/nn/plan.ts'
import { findConfigFault } from '../../core/protocol/config-fault.ts'
import { LOSSES, runConfig } from '../../core/protocol/config.ts'
import type { RunConfig } from '../../core/protocol/config.ts'
import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../../core/protocol/hyperparameters.ts'
import { ACTIVATIONS, network } from '../../core/protocol/network.ts'
import { defaultHyperparameters } from '../../core/protocol/recipe.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

const DOCUMENT = read('docs/models.md')
const chapterOf = (title: string): string =>
  DOCUMENT.split(/^## /m).find((chapter) => chapter.startsWith(`${title}\n`)) ?? ''
const examplesIn = (text: string): readonly unknown[] =>
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, block = '']) => JSON.parse(block) as unknown,
  )

const ROWS: InputSpec = { shape: [2], vocabulary: null }
const IMAGES: InputSpec = { shape: [1, 28, 28], vocabulary: null }
const TEXT: InputSpec = { shape: [64], vocabulary: 61 }

/** What the data of a config is, as far as the examples go. */
function inputOf({ data }: RunConfig): InputSpec {
  if ('csv' in data) return ROWS
  return 'sample' in data && data.sample === 'sonnets' ? TEXT : IMAGES
}

const SETTINGS = { data: { sample: 'digits' }, loss: 'sparse_categorical_cross_entropy' }

describe('the guide to models', () => {
  const schema = JSON.parse(read('docs/config.schema.json')) as {
    $defs: Record<string, { oneOf: { properties: Record<string, { const?: string }> }[] }>
  }
  const layers = Object.values(schema.$defs).flatMap(({ oneOf }) =>
    oneOf.map(({ properties }) => properties),
  )
  const types = layers.map(({ type }) => type?.const ?? '')
  const options = [...new Set(layers.flatMap((properties) => Object.keys(properties)))]

  test.each([
    ...types,
    ...options.filter((option) => !['type', 'layers'].includes(option)),
    ...ACTIVATIONS,
    ...LOSSES,
    ...['class_weights', 'label_smoothing', 'huber_delta'],
  ])('names %s', (name) => {
    expect(DOCUMENT).toContain(`\`${name}\``)
  })

  test('there is a table row for every layer', () => {
    expect(types).toHaveLength(13)
    const rows = chapterOf('Shapes')
      .match(/^\| `.*/gm)
      ?.join('\n')
    for (const type of types) expect(rows).toContain(`\`${type}\``)
  })

  test.each([
    ['Rows', ROWS],
    ['Images', IMAGES],
    ['Texts', TEXT],
  ])('the layers shown under %s can be built', (title, input) => {
    const lists = examplesIn(chapterOf(title)).filter((example) => Array.isArray(example))

    expect(lists.length).toBeGreaterThan(0)
    for (const given of lists) {
      expect(() => planNetwork(network.parse({ layers: given }), input)).not.toThrow()
    }
  })

  test('the configs shown, or parts of them, are ones that a config may hold', () => {
    const configs = examplesIn(DOCUMENT).filter((example) => !Array.isArray(example))

    expect(configs.length).toBeGreaterThan(2)
    for (const part of configs as object[]) {
      const rest = { network: { layers: [{ type: 'dense', units: 1 }] } }
      expect(findConfigFault({ ...SETTINGS, ...rest, ...part })).toBeNull()
    }
  })
})

describe('the guide to optimizers and schedules', () => {
  const COMMON = {
    optimizer: 'gradient_descent',
    schedule: 'constant',
    hasLiveDropout: false,
  } as const
  const shared = Object.keys(defaultHyperparameters(COMMON)).filter((n) => n !== 'learning_rate')
  /** What a table row says in its last column: names in backticks, each with its number. */
  const toldIn = (chapter: string, name: string): Record<string, number> => {
    const row = chapterOf(chapter).match(new RegExp(`^\\| \`${name}\` .*`, 'm'))?.[0] ?? ''
    const cell = row.split('|').at(-2) ?? ''
    return Object.fromEntries(
      [...cell.matchAll(/`(\w+)` ([\d.e-]+)/g)].map(([, key = '', value]) => [key, Number(value)]),
    )
  }

  test.each(OPTIMIZER_NAMES)(
    '%s has a row with the defaults of its hyperparameters',
    (optimizer) => {
      const all = Object.entries(defaultHyperparameters({ ...COMMON, optimizer }))

      const own = Object.fromEntries(all.filter(([name]) => !shared.includes(name)))
      expect(toldIn('Optimizers', optimizer)).toEqual(own)
      for (const name of shared) expect(chapterOf('Optimizers')).toContain(`\`${name}\``)
    },
  )

  test.each(SCHEDULE_NAMES)('%s has a row with the defaults of its hyperparameters', (schedule) => {
    const all = Object.entries(defaultHyperparameters({ ...COMMON, schedule }))

    const others = [...shared, 'learning_rate']
    const own = Object.fromEntries(all.filter(([name]) => !others.includes(name)))
    expect(chapterOf('Schedules')).toContain(`| \`${schedule}\` `)
    expect(toldIn('Schedules', schedule)).toEqual(own)
  })
})

describe('examples', () => {
  const names = readdirSync(path.join(ROOT, 'examples')).filter(
    (file) => file.endsWith('.json') && !file.endsWith('-search.json'),
  )

  test.each(names)('%s can be built and is in the guide, with its number of parameters', (name) => {
    const config = JSON.parse(read(`examples/${name}`)) as RunConfig
    expect(findConfigFault(config)).toBeNull()
    const full = runConfig.parse(config)
    const input = inputOf(full)

    const plan = planNetwork(full.network, input)

    const classes = input === TEXT ? TEXT.vocabulary : input === ROWS ? 2 : 10
    const loss = { name: full.loss, classWeights: null, labelSmoothing: 0, huberDelta: 1 }
    expect(() => {
      checkModel(plan, loss, full.network, classes)
      checkAnswers(plan, full.loss, input === TEXT ? 64 : 1)
    }).not.toThrow()
    const row = chapterOf('Examples')
      .split('\n')
      .find((line) => line.includes(`[${name}]`))
    const [, , , count] = (row ?? '').split('|')
    expect(count?.replaceAll(' ', '')).toBe(String(countParameters(plan.parameters)))
  })
})
