import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { studyConfig } from '../../../core/protocol/study.ts'
import { METHOD_NAMES } from '../../../core/protocol/space.ts'
import { BUDGET_UNITS, rungsOf } from '../../../core/search/budget.ts'
import { checkSpace } from '../../../core/search/space.ts'
import digits from '../../../examples/digits.json'
import search from '../../../examples/digits-search.json'
import moons from '../../../examples/two-moons.json'
import { dataPlaceOf } from '../../../renderer/search/new/base-words.ts'
import { budgetWords, gridWords, totalWords } from '../../../renderer/search/new/plan-words.ts'
import { faultAt, readStudy } from '../../../renderer/search/new/read-study.ts'
import { EMPTY_STUDY, reduceStudy } from '../../../renderer/search/new/study-draft.ts'
import type {
  StudyDraft,
  StudyDraftEvent,
  Typed,
} from '../../../renderer/search/new/study-draft.ts'
import { stopsEarly, studyJsonOf } from '../../../renderer/search/new/study-json.ts'
import { readGiven } from '../../../renderer/search/new/read-file.ts'
import { rowOf } from '../../../renderer/search/space/space-rows.ts'
import type { SpaceRow } from '../../../renderer/search/space/space-rows.ts'

const reduced = (...events: readonly StudyDraftEvent[]): StudyDraft =>
  events.reduce(reduceStudy, EMPTY_STUDY)

const onDigits: StudyDraftEvent = {
  type: 'base-chosen',
  origin: { kind: 'run', run: 'digits' },
  run: digits,
  trainExamples: 8_000,
}
const type = (field: keyof Typed, text: string): StudyDraftEvent => ({ type: 'typed', field, text })
const whole = studyConfig.parse(search)
const given: StudyDraftEvent = { type: 'study-given', origin: null, config: whole }

describe('a search on its way', () => {
  test('begins with a space that makes sense for what is trained, and is ready', () => {
    const { config, faults } = readStudy(reduced(onDigits))

    expect(faults).toEqual([])
    expect(Object.keys(config?.space ?? {})).toEqual([
      'hyperparameters.learning_rate',
      'hyperparameters.batch_size',
      'network.layers.0.units',
      'hyperparameters.beta1',
    ])
    expect(config).toMatchObject({
      name: 'digits-search',
      method: 'random',
      trials: 20,
      budget: { epochs: 3 },
      stop_early: { eta: 3, least: { epochs: 0.33 } },
    })
    expect(config?.run).not.toHaveProperty('name')
  })

  test('a whole study comes in and goes out as it was', () => {
    const { config } = readStudy(reduced(given))

    expect(config).toEqual(whole)
  })

  test('nothing can start before it is known what is trained', () => {
    const { config, faults } = readStudy(EMPTY_STUDY)

    expect(config).toBeNull()
    expect(faults).toMatchObject([{ step: 'trained' }])
  })

  test('rows of one’s own stay when something else is trained, as far as it has them', () => {
    const alpha = rowOf('hyperparameters.learning_rate', { type: 'real', low: 0.01, high: 0.1 })
    const third = rowOf('network.layers.1.units', { type: 'integer', low: 8, high: 16 })
    const on = (run: object): StudyDraftEvent => ({ ...onDigits, run: { ...run } })
    const short = {
      ...digits,
      network: {
        layers: [
          { type: 'dense', units: 8 },
          { type: 'dense', units: 10 },
        ],
      },
    }

    const draft = reduced(onDigits, { type: 'rows-changed', rows: [alpha, third] }, on(short))

    expect(draft.rows).toEqual([alpha])
  })

  test('few trials are not stopped early, unless somebody wants it so', () => {
    const few = reduced(onDigits, type('trials', '5'))

    expect(stopsEarly(few)).toBe(false)
    expect(stopsEarly(reduceStudy(few, { type: 'stopping-switched', isOn: true }))).toBe(true)
    expect(stopsEarly(reduceStudy(few, type('trials', '9')))).toBe(true)
  })

  test('a population is bred instead of stopped early', () => {
    const { config } = readStudy(reduced(onDigits, { type: 'method-chosen', method: 'population' }))

    expect(config?.stop_early).toBeUndefined()
    expect(config?.population).toEqual({ every: { epochs: 0.3 }, share: 0.25 })
  })

  test('a population that is compared only after its end is told so', () => {
    const bred = reduced(onDigits, { type: 'method-chosen', method: 'population' })
    const { faults } = readStudy(reduceStudy(bred, type('every', '3')))

    expect(faultAt(faults, 'every')).toMatch(/less than what each trains/)
  })

  test('another unit keeps the amount of training', () => {
    const steps = reduced(onDigits, type('least', '1'), { type: 'unit-chosen', unit: 'steps' })

    expect(steps).toMatchObject({ amount: '375', least: '125' })
    expect(reduceStudy(steps, { type: 'unit-chosen', unit: 'epochs' })).toMatchObject({
      amount: '3',
      least: '1',
    })
  })

  test('time and work are not turned into each other', () => {
    const timed = reduced(onDigits, type('least', '1'), { type: 'unit-chosen', unit: 'minutes' })
    const back = reduceStudy(timed, { type: 'unit-chosen', unit: 'steps' })

    expect(timed).toMatchObject({ unit: 'minutes', amount: '1', least: '' })
    expect(readStudy(timed).config?.budget).toEqual({ minutes: 1 })
    expect(back).toMatchObject({ unit: 'steps', amount: '375', least: '' })
    const config = { ...whole, budget: { minutes: 1.5 }, stop_early: undefined }
    expect(reduced({ type: 'study-given', origin: null, config })).toMatchObject({
      unit: 'minutes',
      amount: '1.5',
    })
  })

  test('advice fills in trials, budget and stopping, and nothing else', () => {
    const before = reduced(onDigits, { type: 'method-chosen', method: 'bayesian' })
    const plan = { type: 'plan-used', trials: 64, epochs: 2, stopsEarly: true } as const
    const after = reduceStudy(before, { ...plan, parallel: null })
    const whole = reduceStudy(before, { ...plan, stopsEarly: false, parallel: 8 })

    const filled = { ...before, trials: '64', amount: '2', unit: 'epochs' }
    expect(after).toEqual({ ...filled, stopping: 'on' })
    expect(whole).toEqual({ ...filled, stopping: 'off', parallel: '8' })
  })

  test('written by hand it stays a search of its run, until it names other data', () => {
    const draft = reduced(onDigits)
    const write = (run: Record<string, unknown>) =>
      reduceStudy(draft, { type: 'study-given', origin: null, config: { ...whole, run } })

    const wider = write({ ...digits, optimizer: 'momentum' })
    const split = write({ ...digits, data: { ...digits.data, dev: 0.5 } })
    const other = write({ ...digits, data: { csv: '/a.csv', label: 'a' } })

    expect(dataPlaceOf(wider)).toEqual({ run: 'digits' })
    expect(wider.trainExamples).toBe(8_000)
    expect(dataPlaceOf(split)).toEqual({ run: 'digits' })
    expect(split.trainExamples).toBeNull()
    expect(dataPlaceOf(other)).toEqual({})
    expect(other.trainExamples).toBeNull()
  })

  test.each<[keyof Typed, string, RegExp]>([
    ['trials', '', /missing/],
    ['trials', '0', /at least 1/],
    ['trials', 'many', /“many” is not a number/],
    ['amount', '0', /above 0/],
    ['parallel', '300', /at most 256/],
    ['eta', '1', /at least 2/],
    ['least', '3', /less than what each trial trains/],
    ['seed', '1.5', /not a whole number/],
    ['name', '', /needs a name/],
    ['name', 'a/b', /must start with a letter or digit/],
    ['name', 'taken', /already a search called taken/],
  ])('%s “%s” is said at its field', (field, text, message) => {
    const { config, faults } = readStudy(reduced(onDigits, type(field, text)), ['taken'])

    expect(config).toBeNull()
    expect(faultAt(faults, field)).toMatch(message)
  })

  test('a number that is predicted has no error to count', () => {
    const run = { ...moons, loss: 'mean_squared_error' }
    const draft = reduced({ ...onDigits, run }, { type: 'measure-chosen', measure: 'dev_error' })

    expect(faultAt(readStudy(draft).faults, 'measure')).toMatch(/no error to count/)
  })

  test('a hyperparameter that the optimizer does not have is told at its row', () => {
    const path = 'hyperparameters.momentum'
    const row = rowOf(path, { type: 'real', low: 0.5, high: 0.9 })
    const { faults } = readStudy(reduced(onDigits, { type: 'rows-changed', rows: [row] }))

    expect(faults).toMatchObject([{ step: 'searched', field: { path } }])
  })

  test('a grid of too many points is refused with its number', () => {
    const values = (from: number) => Array.from({ length: 400 }, (_, i) => from + i)
    const rows = ['hyperparameters.batch_size', 'network.layers.0.units'].map((path) =>
      rowOf(path, { type: 'choice', values: values(1) }),
    )
    const draft = reduced(
      onDigits,
      { type: 'rows-changed', rows },
      { type: 'method-chosen', method: 'grid' },
    )

    expect(readStudy(draft).faults[0]?.message).toContain('160000 points')
  })

  test('whatever is done to it, it is a study that can be made or says what is wrong', () => {
    const text = fc.oneof(
      fc.constantFrom('', '0', '1', '3', '20', '1e-3', '0.5', '-1', 'x', 'name'),
      fc.string({ maxLength: 4 }),
    )
    const row = fc.record({
      path: fc.constantFrom(
        'hyperparameters.learning_rate',
        'hyperparameters.momentum',
        'optimizer',
        'network.layers.0.units',
        'network.layers.9.units',
        'data.dev',
      ),
      type: fc.constantFrom('real' as const, 'integer' as const, 'choice' as const),
      low: text,
      high: text,
      values: fc.array(fc.constantFrom('adam', 'momentum', 16, true), { maxLength: 3 }),
      scale: fc.constantFrom(null, 'linear' as const, 'logarithmic' as const),
      when: fc.constantFrom<SpaceRow['when']>({}, { optimizer: ['momentum'] }, { gone: [1] }),
    })
    const run = fc.constantFrom<Record<string, unknown>>(digits, moons, {}, { network: 3 })
    const event: fc.Arbitrary<StudyDraftEvent> = fc.oneof(
      fc.record({
        type: fc.constant('base-chosen' as const),
        origin: fc.constant({ kind: 'file' as const, file: 'a.json' }),
        run,
        trainExamples: fc.constantFrom(null, 1, 8_000),
      }),
      fc.constant<StudyDraftEvent>(given),
      fc.record({
        type: fc.constant('rows-changed' as const),
        rows: fc.uniqueArray(row, { selector: ({ path }) => path, maxLength: 3 }),
      }),
      fc.record({
        type: fc.constant('method-chosen' as const),
        method: fc.constantFrom(...METHOD_NAMES),
      }),
      fc.record({
        type: fc.constant('typed' as const),
        field: fc.constantFrom(...(Object.keys(EMPTY_TYPED) as (keyof Typed)[])),
        text,
      }),
      fc.record({
        type: fc.constant('unit-chosen' as const),
        unit: fc.constantFrom(...BUDGET_UNITS),
      }),
      fc.record({ type: fc.constant('stopping-switched' as const), isOn: fc.boolean() }),
      fc.record({
        type: fc.constant('measure-chosen' as const),
        measure: fc.constantFrom(null, 'dev_error' as const, 'dev_cost' as const),
      }),
      fc.record({
        type: fc.constant('plan-used' as const),
        trials: fc.integer({ min: 1, max: 1_000 }),
        epochs: fc.double({ min: 0.01, max: 100, noNaN: true }),
        stopsEarly: fc.boolean(),
        parallel: fc.constantFrom(null, 2),
      }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const draft = reduced(...events)
        const { config, faults } = readStudy(draft)

        expect(faults.every(({ message }) => message.length > 0)).toBe(true)
        expect(config === null).toBe(faults.length > 0)
        if (config === null) return
        expect(studyConfig.parse(studyJsonOf(draft))).toEqual(config)
        expect(() => checkSpace(config.space)).not.toThrow()
        expect(() => rungsOf(config)).not.toThrow()
      }),
      { numRuns: 150 },
    )
  })
})

const EMPTY_TYPED: Typed = {
  trials: '',
  parallel: '',
  amount: '',
  eta: '',
  least: '',
  every: '',
  share: '',
  seed: '',
  name: '',
  base: '',
}

describe('what a search comes to, in words', () => {
  test('a budget in epochs is so many steps, and the other way about', () => {
    const plain: StudyDraftEvent = {
      type: 'rows-changed',
      rows: [rowOf('hyperparameters.learning_rate', { type: 'real', low: 0.1, high: 1 })],
    }

    expect(budgetWords(reduced(onDigits, plain))).toBe('≈ 375 steps.')
    const steps = reduced(onDigits, plain, { type: 'unit-chosen', unit: 'steps' })
    expect(budgetWords(steps)).toBe('≈ 3 epochs.')
  })

  test('no time is invented: it is said once a step was measured', () => {
    const draft = reduced(onDigits, { type: 'stopping-switched', isOn: false })

    expect(totalWords(draft, null)).toBe('20 trials, 7\u202f500 steps in all.')
    expect(totalWords(draft, { stepMs: 16, parallel: 2 })).toBe(
      '20 trials, 7\u202f500 steps in all: 1 min, 2 at once.',
    )
  })

  test('a budget of time is told in time', () => {
    const draft = reduced(
      onDigits,
      { type: 'stopping-switched', isOn: false },
      { type: 'unit-chosen', unit: 'minutes' },
    )

    expect(budgetWords(draft)).toMatch(/no such search can be repeated\.$/)
    expect(totalWords(draft, null)).toBe('20 trials, 20 min of training in all.')
    expect(totalWords(draft, { stepMs: 16, parallel: 2 })).toBe('20 trials: 10 min, 2 at once.')
  })

  test('how many points a grid has is said with its sides', () => {
    const rows = ['hyperparameters.learning_rate', 'hyperparameters.l2'].map((path) =>
      rowOf(path, { type: 'real', low: 0.01, high: 0.1 }),
    )
    const draft = reduced(
      onDigits,
      { type: 'rows-changed', rows },
      { type: 'method-chosen', method: 'grid' },
      type('trials', '25'),
    )

    expect(gridWords(draft, (path) => path.slice(16))).toBe(
      'The grid has 25 points: 5 of l2 × 5 of learning_rate.',
    )
  })
})

describe('a JSON text', () => {
  test('is a whole search, or the config of a run', () => {
    expect(readGiven(JSON.stringify(search)).kind).toBe('study')
    expect(readGiven(JSON.stringify(digits)).kind).toBe('run')
  })

  test.each([
    ['{', /not JSON yet/],
    ['[]', /a config is an object/],
    ['{"a": 1}', /neither a search nor the config of a run/],
    ['{"run": {}, "space": {"a": {"type": "real", "low": 1, "high": 2}}}', /^"budget" is missing$/],
  ])('%s is refused with what is wrong', (text, message) => {
    expect(() => readGiven(text)).toThrow(message)
  })
})
