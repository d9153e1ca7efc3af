import { DOMWrapper, enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { RunSnapshot } from '../../../core/protocol/run.ts'
import RunHeader from '../../../renderer/run/RunHeader.vue'
import { firstSnapshot } from '../fake-run.ts'

enableAutoUnmount(afterEach)

const page = () => new DOMWrapper(document.body)
const named = (name: string) => {
  const found = page()
    .findAll('button')
    .find((one) => (one.attributes('aria-label') ?? one.text()) === name)
  if (found === undefined) throw new Error(`there is no button "${name}"`)
  return found
}

const running = (more: Partial<RunSnapshot> = {}): RunSnapshot => ({
  ...firstSnapshot(),
  state: { kind: 'running' },
  step: 100,
  epoch: 0.8,
  stepsPerSecond: 50,
  memoryBytes: 260e6,
  ...more,
})

const mountHeader = (snapshot: RunSnapshot | null, isUnderWay = false) =>
  mount(RunHeader, {
    props: {
      run: 'digits',
      snapshot,
      curves: { train: () => [], dev: () => [] },
      isUnderWay,
      isSwitching: false,
      isSaving: false,
      page: 'watch',
    },
    attachTo: document.body,
  })

async function openAmounts() {
  await named('How far to train').trigger('click')
  await flushPromises()
}

describe('the head of a run', () => {
  test('says what it is, how it is and where it is going', () => {
    const header = mountHeader(running({ goal: { kind: 'step', step: 600 } }), true)

    expect(header.get('h1').text()).toBe('digits')
    expect(header.get('[role="status"]').text()).toContain('Learning')
    expect(header.text()).toContain('step 600 in10 s')
    expect(header.text()).toContain('260 MB')
  })

  test('without a picture of the run it still says which run, and offers nothing to do to it', () => {
    const header = mountHeader(null)

    expect(header.get('h1').text()).toBe('digits')
    expect(header.findAll('button').map((one) => one.attributes('aria-label'))).toEqual([
      'Commands',
    ])
  })

  test('Train goes on until somebody stops it; while it trains the same button pauses', async () => {
    const header = mountHeader(firstSnapshot())
    await named('Train').trigger('click')
    expect(header.emitted('train')).toEqual([[null]])

    await header.setProps({ snapshot: running(), isUnderWay: true })
    await named('Pause').trigger('click')

    expect(header.emitted('pause')).toHaveLength(1)
  })

  test('one more day is the open one, and the menu says so before it starts', async () => {
    const header = mountHeader(firstSnapshot())
    await openAmounts()
    expect(page().text()).toContain('Trains to the end of day 1, then pauses.')

    await page().get('[role="dialog"] form').trigger('submit')

    expect(header.emitted('train')).toEqual([[{ days: 1 }]])
  })

  test('steps are counted from here', async () => {
    const header = mountHeader(running(), true)
    await openAmounts()
    await named('steps').trigger('click')
    await page().get('[aria-label="How many"]').setValue('500')
    expect(page().text()).toContain('Trains to step 600')

    await named('Change').trigger('click')

    expect(header.emitted('train')).toEqual([[{ steps: 500 }]])
  })

  test('a run that trains says what its goal is', async () => {
    mountHeader(running({ goal: { kind: 'day', day: 4 } }), true)

    await openAmounts()

    expect(page().text()).toContain('It trains to the end of day 4.')
  })

  test('half a step is refused where it is typed', async () => {
    const header = mountHeader(firstSnapshot())
    await openAmounts()
    await named('steps').trigger('click')
    await page().get('[aria-label="How many"]').setValue('2.5')

    await page().get('[role="dialog"] form').trigger('submit')

    expect(page().get('[role="alert"]').text()).toContain('whole number above 0')
    expect(header.emitted('train')).toBeUndefined()
  })
})
