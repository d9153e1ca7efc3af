import { DOMWrapper, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import CommandPalette from '../../../renderer/shell/CommandPalette.vue'
import { useCommands } from '../../../renderer/shell/commands.ts'
import type { Command } from '../../../renderer/shell/commands.ts'
import { listCommands, scoreOf, withRecent } from '../../../renderer/shell/palette.ts'

const command = (id: string, title: string, group: Command['group'], more = {}): Command => ({
  id,
  title,
  group,
  run: () => undefined,
  ...more,
})

const COMMANDS = [
  command('train', 'Train', 'Run'),
  command('go:digits', 'digits', 'Go to'),
  command('go:digits/vitals', 'digits: Vitals', 'Go to', { isQuiet: true }),
  command('settings', 'Settings', 'Go to'),
  command('dark', 'Theme: dark', 'View'),
]
const titles = (query: string, recent: readonly string[] = []) =>
  listCommands(COMMANDS, query, recent).map(
    (section) => [section.title, section.commands.map(({ title }) => title)] as const,
  )

describe('what the palette lists', () => {
  test('before typing, what was used last comes first and is not listed twice', () => {
    expect(titles('', ['dark', 'gone'])).toEqual([
      ['Recent', ['Theme: dark']],
      ['Run', ['Train']],
      ['Go to', ['digits', 'Settings']],
    ])
  })

  test('typing finds words in any order, with or without capitals and accents', () => {
    expect(titles('VIT dig')).toEqual([['Go to', ['digits: Vitals']]])
    expect(scoreOf('Évaluer', 'eval')).toBeGreaterThan(0)
    expect(scoreOf('Train', 'pause')).toBe(0)
  })

  test('a title that starts with what was typed stands before one that has it inside', () => {
    expect(titles('t').map(([title]) => title)[0]).toBe('Run')
    expect(scoreOf('Train', 'tr')).toBeGreaterThan(scoreOf('Start', 'tar'))
  })

  test('of two that fit as well the shorter stands first', () => {
    const runs = [
      command('bn', 'digits-bn: History', 'Go to'),
      command('d', 'digits: History', 'Go to'),
    ]

    const [section] = listCommands(runs, 'digits hist', [])

    expect(section?.commands.map(({ id }) => id)).toEqual(['d', 'bn'])
  })

  test('the recent commands are the last five, each once', () => {
    const recent = ['a', 'b', 'c', 'a', 'd', 'e', 'f'].reduce(withRecent, [] as readonly string[])

    expect(recent).toEqual(['f', 'e', 'd', 'a', 'c'])
  })
})

describe('the palette', () => {
  beforeEach(() => localStorage.clear())
  afterEach(() => document.body.replaceChildren())

  const page = () => new DOMWrapper(document.body)
  const options = () => page().findAll('[role=option]')

  function mountPalette(commands: readonly Command[]) {
    const isOpen = ref(true)
    const view = mount(
      defineComponent({
        setup() {
          useCommands(() => commands)
          return () =>
            h(CommandPalette, {
              open: isOpen.value,
              'onUpdate:open': (open: boolean) => (isOpen.value = open),
            })
        },
      }),
      { attachTo: document.body },
    )
    return { view, isOpen }
  }

  test('typing and Enter run the command and close the palette', async () => {
    const done: string[] = []
    const { isOpen, view } = mountPalette([
      command('train', 'Train', 'Run', { run: () => done.push('train') }),
      command('note', 'Write a note', 'Run', { run: () => done.push('note'), key: 'N' }),
    ])
    await nextTick()
    const field = page().get('[role=combobox]')

    await field.setValue('note')
    await nextTick()
    expect(options().map((one) => one.text())).toEqual(['Write a noteN'])
    await field.trigger('keydown', { key: 'Enter' })
    await nextTick()

    expect(done).toEqual(['note'])
    expect(isOpen.value).toBe(false)
    view.unmount()
  })

  test('a command that can’t be given now is listed and does nothing', async () => {
    const done: string[] = []
    const { view } = mountPalette([
      command('undo', 'Undo nudge', 'Run', { isDisabled: true, run: () => done.push('undo') }),
    ])
    await nextTick()

    await options()[0]?.trigger('click')

    expect(options()[0]?.attributes('aria-disabled')).toBe('true')
    expect(done).toEqual([])
    view.unmount()
  })

  test('what nobody calls so is said, and commands go with the view that offered them', async () => {
    const { view } = mountPalette(COMMANDS)
    await nextTick()

    await page().get('[role=combobox]').setValue('xyzzy')
    await nextTick()

    expect(page().get('[role=status]').text()).toContain('xyzzy')
    view.unmount()
    const { view: later } = mountPalette([command('only', 'Only this', 'View')])
    await nextTick()
    expect(options().map((one) => one.text())).toEqual(['Only this'])
    later.unmount()
  })
})
