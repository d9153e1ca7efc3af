import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import SinceLastLook from '../../../renderer/history/SinceLastLook.vue'
import { keepLook, lastLookOf } from '../../../renderer/history/last-look.ts'
import { BORN_AT, FakeRun } from '../fake-run.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

beforeEach(() => {
  vi.useFakeTimers({ now: BORN_AT + 24 * HOUR })
  localStorage.clear()
})
afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

function openRun() {
  const run = new FakeRun('digits')
  run.train(250)
  return run
}
const show = (run: FakeRun) =>
  mount(SinceLastLook, { props: { snapshot: run.snapshot }, attachTo: document.body })
const touch = () => window.dispatchEvent(new Event('pointermove'))

describe('the last look at a run', () => {
  test('is kept while someone is there, and brought up to date', async () => {
    const run = openRun()
    const view = show(run)
    touch()

    run.train(125)
    await view.setProps({ snapshot: run.snapshot })
    vi.advanceTimersByTime(10_000)

    expect(lastLookOf('digits')).toMatchObject({ step: 375, day: 4 })
    view.unmount()
  })

  test('a window that nobody touches for a minute is not looked at, however visible', async () => {
    const run = openRun()
    const view = show(run)
    touch()
    vi.advanceTimersByTime(2 * MINUTE)

    run.train(125)
    await view.setProps({ snapshot: run.snapshot })
    vi.advanceTimersByTime(HOUR)

    expect(lastLookOf('digits')).toMatchObject({ step: 250 })
    view.unmount()
  })

  test('what came while one was away is told on coming back, until it is dismissed', async () => {
    const run = openRun()
    keepLook(run.snapshot, Date.now())
    vi.advanceTimersByTime(11 * HOUR)
    run.train(250)

    const view = show(run)
    expect(view.text()).toContain('Since you last looked (11 h ago)')
    expect(view.text()).toContain('2 days closed, the last day 4')
    await view.get('button').trigger('click')

    expect(view.find('section').exists()).toBe(false)
    view.unmount()
  })

  test('nothing is shown to one who was gone for a moment, nor where nothing is new', () => {
    const run = openRun()
    keepLook(run.snapshot, Date.now())
    vi.advanceTimersByTime(11 * HOUR)
    const unchanged = show(run)
    keepLook(run.snapshot, Date.now())
    vi.advanceTimersByTime(MINUTE)
    run.train(125)
    const recent = show(run)

    expect(unchanged.find('section').exists()).toBe(false)
    expect(recent.find('section').exists()).toBe(false)
    unchanged.unmount()
    recent.unmount()
  })

  test('what cannot be read counts as none', () => {
    localStorage.setItem('panda.look.digits', '{"at": "yes')

    expect(lastLookOf('digits')).toBeNull()
  })
})
