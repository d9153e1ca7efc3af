import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { MetricSeries, RunSnapshot, SeriesQuery } from '../../../core/protocol/run.ts'
import VitalsPage from '../../../renderer/health/VitalsPage.vue'
import { firstSnapshot } from '../fake-run.ts'

const seriesOf = ({ metric }: SeriesQuery): MetricSeries => ({
  metric,
  branch: 'b1',
  step: Float64Array.of(1, 100),
  min: Float64Array.of(1e-3, 2e-3),
  max: Float64Array.of(1e-3, 2e-3),
  mean: Float64Array.of(1e-3, 2e-3),
})

const at = (step: number): RunSnapshot => ({
  ...firstSnapshot(),
  step,
  trainedMs: 90_000,
  vitals: {
    step,
    layers: [{ layer: 'layer1', preActivationMean: 0, preActivationDeviation: 1, deadShare: 0 }],
    parameters: ['layer1.weight', 'layer1.bias', 'layer3.weight'].map((name) => ({
      name,
      gradientNorm: 1,
      updateRatio: 1e-3,
    })),
  },
})

function mountPage(snapshot: RunSnapshot, answer: (query: SeriesQuery) => MetricSeries = seriesOf) {
  const asked: string[] = []
  const series = async (query: SeriesQuery) => {
    asked.push(query.metric)
    return answer(query)
  }
  const page = mount(VitalsPage, { props: { snapshot, series } })
  const press = async (name: string) => {
    await page
      .findAll('button')
      .find((one) => one.text() === name)
      ?.trigger('click')
    await vi.advanceTimersByTimeAsync(2_000)
  }
  return { page, asked, press }
}
const titles = (page: ReturnType<typeof mountPage>['page']) =>
  page.findAll('figcaption span').map((one) => one.text())

describe('the vitals page', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('before the first vitals it says when they come', () => {
    const { page, asked } = mountPage(firstSnapshot())

    expect(page.text()).toContain('No vital signs yet')
    expect(page.text()).toContain('every 100 steps')
    expect(asked).toEqual([])
  })

  test('draws the update ratio of each layer’s weights, by the layer’s name', async () => {
    const { page, asked } = mountPage(at(100))
    await vi.advanceTimersByTimeAsync(0)

    expect(titles(page)).toEqual([
      'Layer 1 · dense 256 relu · weight',
      'Layer 3 · dense 10 · weight',
    ])
    expect(asked).toEqual(['layer1.weight/update_ratio', 'layer3.weight/update_ratio'])
    expect(page.text()).toContain('About 1e−3 is healthy')
  })

  test('biases come when they are asked for', async () => {
    const { page } = mountPage(at(100))

    await page.get('input[type="checkbox"]').setValue(true)

    expect(titles(page)).toContain('Layer 1 · dense 256 relu · bias')
  })

  test('pre-activations are one band of mean and deviation', async () => {
    const { page, asked, press } = mountPage(at(100))
    await vi.advanceTimersByTimeAsync(0)
    asked.length = 0

    await press('Pre-activations')

    expect(titles(page)).toEqual(['Layer 1 · dense 256 relu'])
    expect(asked).toEqual(['layer1/pre_activation_mean', 'layer1/pre_activation_deviation'])
    expect(page.text()).toContain('covariate shift')
  })

  test('asks again as the run goes on, every two seconds at most', async () => {
    const { page, asked } = mountPage(at(100))
    await vi.advanceTimersByTimeAsync(0)
    asked.length = 0

    for (const step of [200, 300, 400]) await page.setProps({ snapshot: at(step) })
    await vi.advanceTimersByTimeAsync(1_900)
    expect(asked).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(200)

    expect(asked).toHaveLength(2)
  })

  test('a series that cannot be read says so, and can be asked for again', async () => {
    let isBroken = true
    const { page } = mountPage(at(100), (query) => {
      if (isBroken) throw new PandaError('store/unreadable', 'the file cannot be read', 'Wait.')
      return seriesOf(query)
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(page.get('[role="alert"]').text()).toContain('The file cannot be read.')

    isBroken = false
    await page
      .findAll('button')
      .find((one) => one.text() === 'Ask again')
      ?.trigger('click')
    await flushPromises()

    expect(page.find('[role="alert"]').exists()).toBe(false)
  })

  test('how long it trained stands at the top', () => {
    expect(mountPage(at(100)).page.text()).toContain('trained2 min')
  })
})
