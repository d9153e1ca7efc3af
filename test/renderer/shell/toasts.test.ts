import { afterEach, expect, test } from 'vitest'
import { useToasts } from '../../../renderer/shell/toasts.ts'

const { toasts, say, dismiss, dismissAbout } = useToasts()
const texts = () => toasts.value.map(({ text }) => text)

afterEach(() => dismissAbout(''))

test('at most three stand, the newest last', () => {
  for (const text of ['one', 'two', 'three', 'four']) say(text)

  expect(texts()).toEqual(['two', 'three', 'four'])
})

test('the newest about a topic replaces the one before', () => {
  say('digits: Day 1 ended.', 'calm', undefined, 'digits:day')
  say('moons: Day 1 ended.', 'calm', undefined, 'moons:day')
  say('digits: Day 2 ended.', 'calm', undefined, 'digits:day')

  expect(texts()).toEqual(['moons: Day 1 ended.', 'digits: Day 2 ended.'])
})

test('who goes to a run has its news taken away, and no other’s', () => {
  say('a', 'calm', undefined, 'digits:day')
  say('b', 'bad', undefined, 'digits-2:alert')

  dismissAbout('digits:')

  expect(texts()).toEqual(['b'])
})

test('dismissing takes one away', () => {
  say('one')
  say('two')

  dismiss(toasts.value[0]?.id ?? -1)

  expect(texts()).toEqual(['two'])
})
