import { DOMWrapper, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import type { StudySnapshot } from '../../../core/protocol/study.ts'
import { trialsToCsv } from '../../../core/search/trials-csv.ts'
import { columnsOf, orderTrials } from '../../../renderer/search/trial-columns.ts'
import TrialTable from '../../../renderer/search/TrialTable.vue'
import { doneTrial, firstStudy, trialAt } from '../fake-study.ts'

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

const TRIALS = [
  doneTrial(1, 0.2),
  trialAt(2, { step: 30, cost: 1.5 }),
  doneTrial(3, 0.05),
  trialAt(4, { state: 'failed', reason: 'no room, "none"' }),
  doneTrial(5, 0.1),
]
const study: StudySnapshot = { ...firstStudy(), trials: TRIALS, best: 3 }

const page = () => new DOMWrapper(document.body)
const numbers = () =>
  page()
    .findAll('tbody th button')
    .map((one) => Number(/\d+/.exec(one.attributes('aria-label') ?? '')?.[0]))
const head = (title: string) => {
  const found = page()
    .findAll('thead th')
    .find((one) => one.text() === title)
  if (found === undefined) throw new Error(`there is no column "${title}"`)
  return found
}
const trial = (number: number) => page().get(`button[aria-label^="Trial ${number}"]`)

/** Rows are drawn once the room for them is known. */
async function open(snapshot = study, selected: number | null = null) {
  const table = mount(TrialTable, { props: { snapshot, selected }, attachTo: document.body })
  await nextTick()
  return table
}

describe('the order of trials', () => {
  const columns = columnsOf(study)
  const by = (key: string, isDescending = false) =>
    orderTrials(TRIALS, columns, { key, isDescending })

  test('what has no value comes last, whichever way', () => {
    expect(by('value')).toEqual([3, 5, 1, 2, 4])
    expect(by('value', true)).toEqual([1, 5, 3, 2, 4])
  })

  test('a trial that did best early on and then diverged comes last too', () => {
    const trials = [...TRIALS, { ...doneTrial(6, 0.01), state: 'diverged' as const }]

    const order = orderTrials(trials, columns, { key: 'value', isDescending: false })

    expect(order).toEqual([3, 5, 1, 2, 4, 6])
  })

  test('any searched thing has a column, and words sort as words', () => {
    const trials = [
      trialAt(1, { point: { optimizer: 'momentum' } }),
      trialAt(2, { point: { optimizer: 'adam' } }),
      trialAt(3, { point: {} }),
    ]
    const own = columnsOf({ ...study, trials })

    expect(own.map(({ key }) => key)).toContain('optimizer')
    expect(orderTrials(trials, own, { key: 'optimizer', isDescending: false })).toEqual([2, 1, 3])
  })

  test('a cost of NaN is no number to compare', () => {
    const trials = [trialAt(1, { cost: Number.NaN }), trialAt(2, { cost: 3 })]

    expect(orderTrials(trials, columns, { key: 'cost', isDescending: true })).toEqual([2, 1])
  })
})

describe('the table of trials', () => {
  test('stands with the best first and says so; a click on a head sorts by it, and once more turns it', async () => {
    await open()

    expect(numbers()).toEqual([3, 5, 1, 2, 4])
    expect(head('dev error').attributes('aria-sort')).toBe('ascending')
    expect(trial(3).attributes('aria-label')).toBe('Trial 3, the best')
    await head('step').get('button').trigger('click')
    await head('step').get('button').trigger('click')

    expect(head('step').attributes('aria-sort')).toBe('descending')
    expect(head('dev error').attributes('aria-sort')).toBeUndefined()
    expect(numbers()).toEqual([1, 3, 5, 2, 4])
  })

  test('arrows go from row to row and select, Enter reads on, a click on the selected one lets it go', async () => {
    const table = await open(study, 3)

    await trial(3).trigger('keydown', { key: 'ArrowDown' })
    await trial(3).trigger('keydown', { key: 'End' })
    await trial(3).trigger('keydown', { key: 'Enter' })
    await trial(3).trigger('click')

    expect(table.emitted('select')).toEqual([[5], [4], [null]])
    expect(table.emitted('open')).toHaveLength(1)
  })

  test('only one row is on the way of the Tab key: the selected one', async () => {
    await open(study, 5)

    const stops = page()
      .findAll('tbody th button')
      .filter((one) => one.attributes('tabindex') === '0')
    expect(stops.map((one) => one.attributes('aria-label'))).toEqual(['Trial 5'])
    expect(trial(5).attributes('aria-pressed')).toBe('true')
  })

  test('figures are new at once; places change a second later', async () => {
    vi.useFakeTimers()
    const table = await open()
    const better = { ...study, trials: TRIALS.with(1, doneTrial(2, 0.01)), best: 2 }

    await table.setProps({ snapshot: better })
    expect(numbers()).toEqual([3, 5, 1, 2, 4])
    expect(trial(2).attributes('aria-label')).toBe('Trial 2, the best')
    await vi.advanceTimersByTimeAsync(1_600)

    expect(numbers()).toEqual([2, 3, 5, 1, 4])
  })

  test('while somebody points at a row nothing changes places', async () => {
    vi.useFakeTimers()
    const table = await open()
    await page().get('tbody').trigger('mouseenter')

    await table.setProps({ snapshot: { ...study, trials: TRIALS.with(1, doneTrial(2, 0.01)) } })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(numbers()).toEqual([3, 5, 1, 2, 4])
    await page().get('tbody').trigger('mouseleave')
    await vi.advanceTimersByTimeAsync(1_600)

    expect(numbers()).toEqual([2, 3, 5, 1, 4])
  })

  test('of five thousand rows few are drawn, and all are counted', async () => {
    const trials = Array.from({ length: 5_000 }, (_, i) => doneTrial(i + 1, i / 5_000))
    await open({ ...study, trials })

    expect(numbers().length).toBeLessThan(200)
    expect(page().get('table').attributes('aria-rowcount')).toBe('5001')
  })

  test('draws the rows that it is scrolled to, each with its own place', async () => {
    const trials = Array.from({ length: 5_000 }, (_, i) => doneTrial(i + 1, i / 5_000))
    await open({ ...study, trials })
    const scroller = page().get(':has(> table)')

    scroller.element.scrollTop = 26 * 1_000
    await scroller.trigger('scroll')

    expect(numbers()).toContain(1_001)
    expect(numbers()).not.toContain(1)
    const row = trial(1_001).element.closest('tr')
    expect(row?.getAttribute('aria-rowindex')).toBe('1002')
  })

  test('the End key moves the focus to a row that was not drawn before', async () => {
    const trials = Array.from({ length: 5_000 }, (_, i) => doneTrial(i + 1, i / 5_000))
    const table = await open({ ...study, trials })

    await trial(1).trigger('keydown', { key: 'End' })
    await nextTick()

    expect(table.emitted('select')).toEqual([[5_000]])
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Trial 5000')
  })

  test('shows the new figures of a trial, and where the best, the selection and the heads move', async () => {
    const table = await open()
    const cells = (number: number) =>
      [...(trial(number).element.closest('tr')?.cells ?? [])].map((one) => one.textContent.trim())

    const moved = { ...TRIALS[1], step: 77 } as (typeof TRIALS)[number]
    await table.setProps({ snapshot: { ...study, trials: TRIALS.with(1, moved), best: 5 } })
    await table.setProps({ selected: 1 })

    expect(cells(2)).toContain('77')
    expect(trial(5).attributes('aria-label')).toBe('Trial 5, the best')
    expect(trial(3).attributes('aria-label')).toBe('Trial 3')
    expect(trial(1).attributes('aria-pressed')).toBe('true')
    await trial(1).trigger('click')
    expect(table.emitted('select')).toEqual([[null]])
    const { stop_early: _, ...config } = study.config
    const before = cells(3).length
    await table.setProps({ snapshot: { ...study, config } })
    expect(cells(3)).toHaveLength(before - 1)
  })
})

test('the CSV has every trial in its own order, each figure in full, and quotes what must be', () => {
  const [names, ...lines] = trialsToCsv(study).split('\n')

  expect(names).toBe(
    'trial,state,rung,step,budgetSteps,parameters,cost,devCost,devAccuracy,value,startedAt,endedAt,reason,' +
      'hyperparameters.learning_rate,network.layers.0.units',
  )
  expect(lines).toHaveLength(5)
  expect(lines[3]).toContain('"no room, ""none"""')
  expect(lines[2]?.startsWith('3,done,1,450,450,10003,0.05,0.1,0.95,0.05,')).toBe(true)
})
