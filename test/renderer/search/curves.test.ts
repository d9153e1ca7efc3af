import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { CurvesQuery, StudySnapshot, TrialCurve } from '../../../core/protocol/study.ts'
import TrialCurves from '../../../renderer/search/curves/TrialCurves.vue'
import { createTrialCurves } from '../../../renderer/search/curves/trial-curves-data.ts'
import { studyOf, trialOf } from './curves-study.ts'

afterEach(() => {
  document.body.replaceChildren()
  localStorage.clear()
})

const study = studyOf(
  [
    trialOf(1, { state: 'done', step: 100, value: 0.08, devAccuracy: 0.92, cost: 0.2 }),
    trialOf(2, { state: 'running', step: 30, value: 0.045, devAccuracy: 0.955, cost: 0.1 }),
    trialOf(3, { state: 'diverged', step: 12, reason: 'the cost was not a number' }),
  ],
  { best: 2 },
)
const curveOf = (trial: number): TrialCurve => {
  const mean = Float64Array.of(2, 1)
  return { trial, step: Float64Array.of(1, 2), min: mean, max: mean, mean }
}

async function shown(
  snapshot: StudySnapshot = study,
  {
    selected = null,
    fetch = () => Promise.resolve([curveOf(1), curveOf(2), curveOf(3)]),
  }: {
    readonly selected?: number | null
    readonly fetch?: (query: CurvesQuery) => Promise<readonly TrialCurve[]>
  } = {},
) {
  const asked: CurvesQuery[] = []
  const curves = createTrialCurves({
    fetch: (query) => {
      asked.push(query)
      return fetch(query)
    },
    onFailure: () => {},
  })
  void curves.load(snapshot)
  const view = mount(TrialCurves, {
    props: { snapshot, curves, selected },
    attachTo: document.body,
  })
  await flushPromises()
  const plot = view.get('[role=group][aria-label=Curves]')
  const press = (key: string, more = {}) => plot.trigger('keydown', { key, ...more })
  const button = (name: string) => {
    const found = view.findAll('button').find((one) => one.text() === name)
    if (found === undefined) throw new Error(`there is no button "${name}"`)
    return found
  }
  const values = () => view.get('[aria-label="Values of one trial"]').text()
  const told = () => view.get('[aria-live=polite]').text()
  return { view, asked, plot, press, button, values, told }
}

describe('the curves of all trials', () => {
  test('say in words what they show', async () => {
    const { view } = await shown()

    expect(view.get('[role=img]').attributes('aria-label')).toBe(
      'Train cost of 3 trials, logarithmic. Best is trial 2 with a dev error of 4.50 %. ' +
        '1 running, 1 diverged.',
    )
  })

  test('tell the values of the best until another is meant', async () => {
    const { view, values } = await shown()
    expect(values()).toContain('trial 2')
    expect(values()).toContain('4.50 %')
    expect(values()).toContain('running')

    await view.setProps({ selected: 1 })

    expect(values()).toContain('trial 1')
    expect(values()).toContain('8.00 %')
    expect(values()).toContain('learning rate 0.1')
  })

  test('are walked by arrows from the best to the worst, aloud', async () => {
    const { press, values, told } = await shown()

    await press('ArrowDown')
    expect(told()).toMatch(/^1 of 3: trial 2, running, dev error 4.50 %/)
    await press('ArrowDown')
    expect(values()).toContain('trial 1')
    await press('End')
    expect(told()).toContain('3 of 3: trial 3, diverged, the cost was not a number')
    await press('ArrowUp')

    expect(values()).toContain('trial 1')
  })

  test('select with Enter what the arrows came to, and let go with Escape', async () => {
    const { view, press, values } = await shown()

    await press('Home')
    await press('ArrowDown')
    await press('Enter')
    expect(view.emitted('select')).toEqual([[1]])
    await view.setProps({ selected: 1 })
    await press('ArrowDown')
    await press('Escape')
    expect(values()).toContain('trial 1')
    await press('Escape')

    expect(view.emitted('select')).toEqual([[1], [null]])
  })

  test('leave keys alone that have nothing to do here', async () => {
    const { view } = await shown()
    const heard: string[] = []
    document.body.addEventListener('keydown', ({ key }) => heard.push(key))
    const plot = view.get('[role=group][aria-label=Curves]')

    await plot.trigger('keydown', { key: 'Escape' })
    await plot.trigger('keydown', { key: 'Enter' })
    await plot.trigger('keydown', { key: 'ArrowDown', ctrlKey: true })
    await plot.trigger('keydown', { key: 'ArrowDown' })

    expect(heard).toEqual(['Escape', 'Enter', 'ArrowDown'])
  })

  test('deselect with a click where no line is', async () => {
    const { view, plot } = await shown(study, { selected: 2 })

    await plot.trigger('click', { clientX: 5, clientY: 5 })

    expect(view.emitted('select')).toEqual([[null]])
  })

  test('ask for the dev error when it is looked at, and stay with it', async () => {
    const { asked, button } = await shown()
    expect(asked.map(({ metric }) => metric)).toEqual(['cost'])

    await button('Dev error').trigger('click')
    const again = await shown()

    expect(asked.map(({ metric }) => metric)).toEqual(['cost', 'dev_accuracy'])
    expect(again.asked.map(({ metric }) => metric)).toContain('dev_accuracy')
  })

  test('offer no error where there are no classes', async () => {
    const trials = [trialOf(1, { state: 'done', step: 9, value: 0.3, devCost: 0.3 })]
    const { view } = await shown(studyOf(trials, { measure: 'dev_cost', best: 1 }))

    expect(view.text()).toContain('Dev cost')
    expect(view.text()).not.toContain('Dev error')
  })

  test('say so before the first trial has begun', async () => {
    const { view } = await shown(studyOf(3), { fetch: () => Promise.resolve([]) })

    expect(view.text()).toContain('No trial has begun')
    expect(view.text()).not.toContain('Loading')
  })

  test('say so while they are read', async () => {
    const { view } = await shown(study, { fetch: () => new Promise(() => {}) })

    expect(view.text()).toContain('Loading…')
  })

  test('say so when they cannot be read, and try again when asked', async () => {
    let isGone = true
    const { view, button } = await shown(study, {
      fetch: () => (isGone ? Promise.reject(new Error('gone')) : Promise.resolve([curveOf(1)])),
    })
    expect(view.get('[role=alert]').text()).toContain('could not be read')
    isGone = false

    await button('Try again').trigger('click')
    await flushPromises()

    expect(view.find('[role=alert]').exists()).toBe(false)
    expect(view.emitted('select')).toBeUndefined()
  })

  test('count what became of trials', async () => {
    const { view } = await shown()

    const looks = view.get('[aria-label="Looks of the lines"]').text()
    expect(looks).toMatch(/best.*running\s*1.*done\s*1.*diverged\s*1/)
  })
})
