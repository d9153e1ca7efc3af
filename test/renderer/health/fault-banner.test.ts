import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { PandaError, toWireError } from '../../../core/errors.ts'
import type { RunState } from '../../../core/protocol/run.ts'
import FaultBanner from '../../../renderer/health/FaultBanner.vue'
import { firstSnapshot } from '../fake-run.ts'

const error = toWireError(new PandaError('store/disk-full', 'the disk is full', 'Make room.'))
const banner = (state: RunState, failure: typeof error | null = null, isLost = false) =>
  mount(FaultBanner, { props: { snapshot: { ...firstSnapshot(), state }, failure, isLost } })

test('while nothing is wrong there is no banner', () => {
  expect(banner({ kind: 'running' }).find('[role="alert"]').exists()).toBe(false)
})

test('a session that failed says why and what to do, and is opened again from here', async () => {
  const shown = banner({ kind: 'failed', error })
  expect(shown.get('[role="alert"]').text()).toContain('The disk is full. Make room.')

  const [again, home] = shown.findAll('button')
  await again?.trigger('click')
  await home?.trigger('click')

  expect(again?.text()).toBe('Open again')
  expect(shown.emitted('reopen')).toHaveLength(1)
  expect(shown.emitted('home')).toHaveLength(1)
})

test('a refused command is told beside a run that is well, and reloading clears it', async () => {
  const shown = banner({ kind: 'running' }, error)

  await shown.get('button').trigger('click')

  expect(shown.get('button').text()).toBe('Reload')
  expect(shown.emitted('retry')).toHaveLength(1)
})

test('a lost connection hides what can no longer be known, and is told elsewhere', () => {
  const shown = banner({ kind: 'failed', error }, error, true)

  expect(shown.find('[role="alert"]').exists()).toBe(false)
  expect(shown.findAll('button')).toHaveLength(0)
})

test('a run that was deleted or renamed meanwhile leads home', async () => {
  const gone = toWireError(new PandaError('session/no-such-run', 'there is no run "d"', null))
  const shown = banner({ kind: 'running' }, gone)

  await shown.get('button').trigger('click')

  expect(shown.text()).toContain('not there any more')
  expect(shown.emitted('home')).toHaveLength(1)
})
