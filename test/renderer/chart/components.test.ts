import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { MetricSeries } from '../../../core/protocol/run.ts'
import CostCurve from '../../../renderer/chart/CostCurve.vue'
import CurveReadout from '../../../renderer/chart/CurveReadout.vue'
import CurveToolbar from '../../../renderer/chart/CurveToolbar.vue'
import FlagLayer from '../../../renderer/chart/FlagLayer.vue'
import OverlayChart from '../../../renderer/chart/OverlayChart.vue'
import SeriesChart from '../../../renderer/chart/SeriesChart.vue'
import { createCurveData } from '../../../renderer/chart/curve-data.ts'
import { csvOf } from '../../../renderer/chart/export.ts'
import type { Flag } from '../../../renderer/chart/flags.ts'
import { readoutOf, sentenceOf } from '../../../renderer/chart/readout.ts'
import { tableRowsOf } from '../../../renderer/chart/table-rows.ts'
import { plotKey } from '../../../renderer/chart/use-plot-keys.ts'
import { FakeHost } from '../fake-host.ts'

afterEach(() => {
  document.body.replaceChildren()
  localStorage.clear()
})

const seriesOf = (values: readonly number[]): MetricSeries => {
  const step = Float64Array.from(values, (_, i) => (i + 1) * 10)
  const mean = Float64Array.from(values)
  return { metric: 'cost', branch: 'b1', step, min: mean, max: mean, mean }
}

async function trained(steps: number) {
  const host = new FakeHost()
  const run = host.add('digits')
  run.train(steps)
  const client = host.client()
  const series = (query: Parameters<ReturnType<typeof createCurveData>['load']>[0] | object) =>
    client.call('run:series', 'digits', query as { metric: string })
  const curves = createCurveData({
    series,
    onFailure: (error) => {
      throw error
    },
  })
  await curves.load(run.snapshot)
  return { host, run, curves, series }
}

describe('small charts', () => {
  test('say in words what they show', () => {
    const chart = mount(SeriesChart, {
      props: { label: 'Layer 1', points: seriesOf([0.5, 0.02, 0.25]), kind: 'line' },
    })

    expect(chart.get('[role=img]').attributes('aria-label')).toBe(
      'Layer 1: from 0.500 at step 10 to 0.250 at step 30, lowest 0.0200, highest 0.500',
    )
    expect(chart.text()).toContain('0.250')
  })

  test('tell waiting from nothing recorded', async () => {
    const chart = mount(SeriesChart, { props: { label: 'x', points: null, kind: 'band' } })
    expect(chart.text()).toContain('Loading…')

    await chart.setProps({ points: seriesOf([]) })

    expect(chart.text()).toContain('Nothing recorded yet.')
  })

  test('curves over each other have a legend with the last value of each', () => {
    const curves = [
      { key: 'a', label: 'day 1', color: 'var(--train)', points: seriesOf([2, 1]) },
      { key: 'b', label: 'day 2', color: 'red', points: seriesOf([1, 0.5]), shift: 10 },
    ]
    const chart = mount(OverlayChart, { props: { curves, xLabel: 'step', isLog: true } })

    expect(chart.findAll('li').map((one) => one.text().replaceAll(/\s+/g, ' '))).toEqual([
      'day 1 1.000',
      'day 2 0.500',
    ])
  })

  test('nothing to compare is said', () => {
    const chart = mount(OverlayChart, { props: { curves: [], xLabel: 'step', isLog: false } })

    expect(chart.text()).toContain('Choose what to compare')
  })
})

describe('the flags over the curve', () => {
  const flag = (id: string, entry: number): Flag => {
    return { id, kind: 'nudge', step: 5, label: `α ${id}`, detail: `α ${id}, from step 5`, entry }
  }
  const place = { left: 10, row: 0, width: 90, isRoomy: true, until: null }

  test('name their story and open their journal entry', async () => {
    const layer = mount(FlagLayer, {
      props: { flags: [{ ...place, flags: [flag('x', 7)] }], top: 0, middle: 100 },
    })

    await layer.get('button[aria-label="α x, from step 5"]').trigger('click')

    expect(layer.emitted('open')).toEqual([[7]])
  })

  test('where several share a place, each is told and the rest are counted', () => {
    const flags = [flag('x', 7), flag('y', 8), flag('z', 9)] as const
    const layer = mount(FlagLayer, {
      props: { flags: [{ ...place, isRoomy: false, flags }], top: 0, middle: 100 },
    })

    expect(layer.get('button').text()).toBe('+2')
    expect(layer.get('button').attributes('aria-label')).toContain('α z, from step 5')
  })
})

describe('the readout', () => {
  const momentOf = () => ({ at: 0, isEstimated: true })

  test('tells the exact values at a step, and that of the evaluation before it', async () => {
    const { run, curves } = await trained(300)
    const rates = { label: '', points: [] }

    const at = readoutOf({ snapshot: run.snapshot, curves, step: 200, momentOf, rates })

    const bucket = curves.train().find(({ step }) => step === 200)
    expect(at.step).toBe('200')
    expect(Number(at.train)).toBeCloseTo(bucket?.mean ?? NaN, 3)
    expect(at.devStep).toBe('125')
    expect(at.when.startsWith('≈ ')).toBe(true)
    expect(sentenceOf(at)).toContain('step 200, epoch 1.60, train')
  })

  test('tells the newest values where nothing is pointed at', async () => {
    const { run, curves } = await trained(130)

    const newest = readoutOf({
      snapshot: run.snapshot,
      curves,
      step: null,
      momentOf,
      rates: undefined,
    })
    const shown = mount(CurveReadout, { props: { readout: newest, hasGhosts: false } })

    expect(newest.rate).toBe('0.001')
    expect(shown.text()).toContain(newest.train)
  })
})

test('what is in view goes out as CSV, no number left out, and fits a table of fifty lines', async () => {
  const { curves } = await trained(300)

  const lines = csvOf(curves, { from: 100, to: 300 }).trimEnd().split('\n')
  const rows = tableRowsOf(curves, { from: 0, to: 300 })

  expect(lines[0]).toBe('step,train_min,train_max,train_mean,dev')
  expect(lines).toHaveLength(202)
  expect(lines.find((line) => line.startsWith('125,'))?.split(',')[4]).not.toBe('')
  expect(lines.find((line) => line.startsWith('126,'))?.split(',')[4]).toBe('')
  expect(rows.length).toBeLessThanOrEqual(50)
  const highest = Math.max(...curves.train().map(({ max }) => max))
  expect(Math.max(...rows.map(({ max }) => max))).toBe(highest)
})

test('keys on the plot move, zoom and note; those with Ctrl are left alone', () => {
  const done: unknown[] = []
  const moves = {
    move: (points: number) => done.push(points),
    toEnd: (end: string) => done.push(end),
    zoomBy: (by: number) => done.push(`×${by}`),
    reset: () => done.push('reset'),
    note: () => done.push('note'),
    leave: () => false,
  }
  const plot = document.createElement('div')
  plot.addEventListener('keydown', (event) => plotKey(event, moves))
  const press = (key: string, rest: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...rest })
    plot.dispatchEvent(event)
    return event.defaultPrevented
  }

  press('ArrowRight')
  press('ArrowLeft', { shiftKey: true })
  for (const key of ['Home', 'End', '+', '-', '0', 'n']) press(key)

  expect(done).toEqual([1, -10, 'first', 'last', '×0.5', '×2', 'reset', 'note'])
  expect(press('0', { ctrlKey: true })).toBe(false)
  expect(press('Escape')).toBe(false)
})

test('the toolbar offers five ways along, and says what was chosen', async () => {
  const toolbar = mount(CurveToolbar, {
    props: {
      isZoomed: false,
      isFollowing: false,
      memory: 10,
      isLog: true,
      strength: 'light',
      axis: 'step',
    },
    attachTo: document.body,
  })
  const named = (name: string) =>
    toolbar.findAll('button').find((one) => one.text() === name) ?? toolbar.get('no-such-button')

  await named('clock').trigger('click')
  await named('linear').trigger('click')
  await toolbar.get('[aria-label="Smoothing"]').setValue('off')
  await named('Follow').trigger('click')

  expect(toolbar.emitted('update:axis')).toEqual([['clock']])
  expect(toolbar.emitted('update:isLog')).toEqual([[false]])
  expect(toolbar.emitted('update:strength')).toEqual([['off']])
  expect(toolbar.emitted('follow')).toHaveLength(1)
  expect(toolbar.get('[aria-label="Reset zoom"]').attributes('disabled')).toBeDefined()
})

test('the curve writes a note where it stands, by the N key, and goes away quietly', async () => {
  const { run, curves, series } = await trained(130)
  const curve = mount(CostCurve, {
    props: { snapshot: run.snapshot, curves, series },
    attachTo: document.body,
  })
  await flushPromises()

  await curve.get('[role=group][aria-label="Cost curve"]').trigger('keydown', { key: 'n' })

  expect(curve.emitted('note')).toEqual([[130]])
  expect(curve.attributes('data-flags')).toBe('0')
  curve.unmount()
})
