import { mount } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import type { RunSnapshot } from '../../../core/protocol/run.ts'
import type { VitalSigns } from '../../../core/protocol/vitals.ts'
import VitalsStrip from '../../../renderer/health/VitalsStrip.vue'
import { stripRows, totalGradientNorm } from '../../../renderer/health/strip-rows.ts'
import { SIGNS, layersOf, withoutSmall } from '../../../renderer/health/vital-rows.ts'
import { formatSign } from '../../../renderer/health/write-sign.ts'
import { firstSnapshot } from '../fake-run.ts'

const layer = (number: number, deadShare: number | null = 0) => ({
  layer: `layer${number}`,
  preActivationMean: 0,
  preActivationDeviation: 1,
  deadShare,
})
const tensor = (name: string, updateRatio: number, gradientNorm = 1) => ({
  name,
  updateRatio,
  gradientNorm,
})
const withVitals = (vitals: VitalSigns): RunSnapshot => ({ ...firstSnapshot(), vitals })

describe('a row of the strip', () => {
  test('has the ratio of the weights, never of the young biases, and the norm of all', () => {
    const [row] = stripRows({
      step: 1,
      layers: [layer(1)],
      parameters: [tensor('layer1.weight', 1e-3, 3), tensor('layer1.bias', Infinity, 4)],
    })

    expect(row).toMatchObject({ updateRatio: 1e-3, gradientNorm: 5, warnings: [], isBad: false })
  })

  test('of several weights shows the one farthest from healthy, on either side', () => {
    const ratioOf = (...ratios: number[]) =>
      stripRows({
        step: 1,
        layers: [],
        parameters: ratios.map((ratio, i) =>
          tensor(`layer1.${['weight', 'gamma', 'output'][i] ?? ''}`, ratio),
        ),
      })[0]?.updateRatio

    expect(ratioOf(1e-3, 1e-6, 1e-2)).toBe(1e-6)
    expect(ratioOf(5e-4, 0.5)).toBe(0.5)
    expect(ratioOf(1e-6, NaN)).toBeNaN()
  })

  test('says in words what is wrong with it', () => {
    const rows = stripRows({
      step: 1,
      layers: [layer(1, 0.42), layer(2)],
      parameters: [tensor('layer1.weight', 1e-2), tensor('layer2.weight', 1e-3, NaN)],
    })

    expect(rows.map(({ warnings }) => warnings)).toEqual([
      ['update high', '42 % dead'],
      ['gradient not finite'],
    ])
    expect(rows.every(({ isBad }) => isBad)).toBe(true)
  })

  test('a layer without weights has no ratio, and before step 1 there is no row', () => {
    expect(stripRows({ step: 1, layers: [layer(1)], parameters: [] })[0]?.updateRatio).toBeNull()
    expect(stripRows(null)).toEqual([])
    expect(totalGradientNorm(null)).toBeNull()
  })
})

describe('the vitals strip', () => {
  test('says when the first vitals come', () => {
    const strip = mount(VitalsStrip, { props: { snapshot: firstSnapshot() } })

    expect(strip.text()).toContain('The first vitals come at step 1.')
    expect(strip.find('table').exists()).toBe(false)
  })

  test('names the layer that calls for a look, and leads to all vitals', async () => {
    const strip = mount(VitalsStrip, {
      props: {
        snapshot: withVitals({
          step: 100,
          layers: [layer(1, 0.42), layer(2)],
          parameters: [tensor('layer1.weight', 1e-3), tensor('layer2.weight', 1e-3)],
        }),
      },
    })

    await strip.get('button').trigger('click')

    expect(strip.text()).toContain('layer 1: 42 % dead')
    expect(strip.get('[role="img"]').attributes('aria-label')).toBe('42 % dead')
    expect(strip.emitted('open')).toHaveLength(1)
  })

  test('shows eight layers at most, and none that warns is left out', () => {
    const numbers = Array.from({ length: 12 }, (_, i) => i + 1)
    const strip = mount(VitalsStrip, {
      props: {
        snapshot: withVitals({
          step: 100,
          layers: [],
          parameters: numbers.map((n) => tensor(`layer${n}.weight`, n === 12 ? 0.5 : 1e-3)),
        }),
      },
    })

    const heads = strip.findAll('tbody th').map((head) => head.text())
    expect(heads).toHaveLength(8)
    expect(heads.at(-1)).toBe('12')
    expect(strip.get('tfoot').text()).toContain('all 12 layers together')
  })
})

test('biases have no charts until they are asked for', () => {
  const layers = layersOf({
    step: 1,
    layers: [],
    parameters: ['weight', 'bias', 'gamma', 'beta', 'query_key_value_bias'].map((name) =>
      tensor(`layer1.${name}`, 1e-3),
    ),
  })

  expect(SIGNS.updates.charts(withoutSmall(layers)).map(({ part }) => part)).toEqual([
    'weight',
    'gamma',
  ])
  expect(SIGNS.updates.charts(layers)).toHaveLength(5)
})

test('a sign is written short, and what is no number is said', () => {
  expect([0, 0.6234, 12.34, 1.24e-3, -0.326, 4200, NaN, -Infinity].map(formatSign)).toEqual([
    '0',
    '0.62',
    '12',
    '1.2e−3',
    '−0.33',
    '4.2e3',
    'NaN',
    '−∞',
  ])
})
