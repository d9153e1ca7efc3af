import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SeriesQuery } from '../../../core/protocol/run.ts'
import DayStrip from '../../../renderer/history/DayStrip.vue'
import { useComparisonStore } from '../../../renderer/history/comparison-store.ts'
import { FakeHost } from '../fake-host.ts'

beforeEach(() => void setActivePinia(createPinia()))
afterEach(() => document.body.replaceChildren())

/** Four days, three of a ghost, and two more. */
function openStrip(moreSteps = 300) {
  const host = new FakeHost()
  const run = host.add('digits')
  run.train(500)
  run.nudge({ learning_rate: 0.02 })
  run.train(300)
  run.rollback(run.targetOf('4'), 'diverged', 'rollback')
  run.train(moreSteps, 125)
  const client = host.client()
  const asked: SeriesQuery[] = []
  const series = (query: SeriesQuery) => {
    asked.push(query)
    return client.call('run:series', 'digits', query)
  }
  const strip = mount(DayStrip, {
    props: { snapshot: run.snapshot, series },
    attachTo: document.body,
  })
  return { run, strip, asked }
}

const page = () => new DOMWrapper(document.body)
const frames = () => page().findAll('li button[aria-haspopup="menu"]')
const names = () => frames().map((one) => one.attributes('aria-label') ?? '')
function frame(start: string) {
  const found = frames().find((one) => one.attributes('aria-label')?.startsWith(start))
  if (found === undefined) throw new Error(`there is no frame "${start}"`)
  return found
}
async function choose(start: string, action: string) {
  await frame(start).trigger('keydown', { key: 'Enter' })
  await flushPromises()
  const item = page()
    .findAll('[role="menuitem"]')
    .find((one) => one.text() === action)
  await item?.trigger('click')
  await flushPromises()
}

describe('the strip of days', () => {
  test('says each day with its numbers, ghosts and the open day by name', () => {
    openStrip()

    expect(names()[0]).toBe('Day 0, train cost —, dev cost —, start')
    expect(names()[4]).toMatch(/^Day 4, train cost 0\.\d+, dev cost 0\.\d+, dev error \d+\.\d %/)
    expect(names()[5]).toMatch(/^Day 5 of ghost b1, /)
    expect(names().at(-1)).toMatch(/^Day 7, open now, /)
    expect(names().filter((name) => name.endsWith(', best'))).toHaveLength(1)
  })

  test('is one stop of Tab; arrows move along it and End goes to the open day', async () => {
    openStrip()
    const stops = () =>
      frames()
        .filter((one) => one.attributes('tabindex') === '0')
        .map((one) => one.attributes('aria-label')?.split(',')[0])
    expect(stops()).toEqual(['Day 7'])

    await frame('Day 7').trigger('keydown', { key: 'ArrowLeft' })
    await flushPromises()
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Day 6, /)
    expect(stops()).toEqual(['Day 6'])
    await frame('Day 6').trigger('keydown', { key: 'Home' })
    await flushPromises()

    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Day 0, /)
  })

  test('Enter opens the menu of a day: back, compare, note, second panda', async () => {
    const { strip } = openStrip()

    await choose('Day 5 of ghost', 'Roll back to this day…')
    await choose('Day 4', 'Note…')
    await choose('Day 6 of ghost', 'Second panda from here')

    expect(strip.emitted('rollback')).toEqual([[{ target: 'b1:5', label: 'day 5 of ghost b1' }]])
    expect(strip.emitted('note')).toEqual([[{ kind: 'day', branch: 'b1', day: 4 }]])
    expect(strip.emitted('duplicate')).toEqual([['b1:6']])
  })

  test('a day that is to be compared is among what is compared', async () => {
    const { strip } = openStrip()

    await choose('Day 4', 'Compare')

    expect(strip.emitted('compare')).toHaveLength(1)
    expect(useComparisonStore().picks).toEqual([{ kind: 'day', branch: 'b1', day: 4 }])
  })

  test('a button on each day goes back there at once', async () => {
    const { strip } = openStrip()

    await page().get('[aria-label="Roll back to day 3"]').trigger('click')

    expect(strip.emitted('rollback')).toEqual([[{ target: '3', label: 'day 3' }]])
  })

  test('the curve of a closed day is asked for once, however often the run speaks', async () => {
    const { run, strip, asked } = openStrip()
    await flushPromises()
    const closed = () => asked.filter(({ to }) => to !== undefined)
    const before = closed().length
    expect(before).toBe(8)

    for (let i = 0; i < 5; i++) {
      run.train(20)
      await strip.setProps({ snapshot: run.snapshot })
    }
    await flushPromises()

    expect(run.snapshot.day).toBe(8)
    expect(closed()).toHaveLength(before + 1)
    expect(closed()[0]).toMatchObject({ metric: 'cost', branch: 'b1', from: 0, to: 125 })
  })

  test('of hundreds of days only some are drawn, and each knows its place', () => {
    openStrip(125 * 500)

    expect(frames().length).toBeLessThan(40)
    const last = page().findAll('li').at(-1)
    expect(last?.attributes('aria-posinset')).toBe(last?.attributes('aria-setsize'))
    expect(Number(last?.attributes('aria-setsize'))).toBeGreaterThan(500)
  })

  test('who stands at the open day stays there when it closes', async () => {
    const { run, strip } = openStrip(370)
    ;(frame('Day 7').element as HTMLElement).focus()

    run.train(10)
    await strip.setProps({ snapshot: run.snapshot })

    const stops = frames().filter((one) => one.attributes('tabindex') === '0')
    expect(stops.map((one) => one.attributes('aria-label')?.split(',')[0])).toEqual(['Day 8'])
  })
})
