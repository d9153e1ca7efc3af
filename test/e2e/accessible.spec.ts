import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** What the standard rules find wrong, as lines that say where. A menu or a tip over the page is no part of a landmark. */
async function barriers(page: Page): Promise<readonly string[]> {
  const over = page.getByRole('menu').or(page.getByRole('tooltip'))
  const axe = new AxeBuilder({ page }).disableRules((await over.count()) > 0 ? ['region'] : [])
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** A study `s` with enough trials to say something of its space. */
const search = (panda: <Answer>(...args: string[]) => Promise<Answer>) =>
  panda(
    'search',
    'examples/digits-search.json',
    '--name',
    's',
    '--method',
    'random',
    '--trials',
    '14',
  )

const go = (page: Page, hash: string) => page.evaluate((to) => (location.hash = to), hash)
const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
}

/** Every view and dialog of a run with a history, and how one gets there. */
const PLACES: { readonly [name: string]: (page: Page) => Promise<unknown> } = {
  home: (page) => expect(page.getByRole('article', { name: 'd' })).toBeVisible(),
  watch: async (page) => {
    await go(page, '#/run/d')
    await expect(page.getByRole('button', { name: 'Roll back to day 2' }).first()).toBeAttached()
  },
  'how far to train': async (page) => {
    await page.getByRole('button', { name: 'How far to train' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  'the menu of a run': async (page) => {
    await closeDialog(page)
    await page.getByRole('button', { name: 'More about this run' }).click()
    await expect(page.getByRole('menu')).toBeVisible()
  },
  'a rollback': async (page) => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Roll back to day 1' }).first().click()
    await expect(page.getByRole('dialog').getByRole('radio').first()).toBeVisible()
  },
  vitals: async (page) => {
    await closeDialog(page)
    await go(page, '#/run/d/vitals')
    await expect(page.getByText(/Layer 1/).first()).toBeVisible()
  },
  history: async (page) => {
    await go(page, '#/run/d/history')
    await expect(page.getByRole('listbox', { name: 'Branches and days' })).toBeVisible()
  },
  evaluate: async (page) => {
    await go(page, '#/run/d/evaluate')
    await expect(page.getByRole('table', { name: 'Confusion matrix' })).toBeVisible()
  },
  palette: async (page) => {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  help: async (page) => {
    await closeDialog(page)
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  settings: async (page) => {
    await closeDialog(page)
    await go(page, '#/settings')
    await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  },
  study: async (page) => {
    await go(page, '#/study/s')
    await expect(page.getByRole('table', { name: 'Trials' })).toBeVisible()
  },
  'adopting a trial': async (page) => {
    await page.getByRole('button', { name: 'Adopt best' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  'parameters of a study': async (page) => {
    await closeDialog(page)
    await go(page, '#/study/s/parameters')
    await expect(page.getByRole('heading', { name: /importance/i })).toBeVisible()
  },
  'new search': async (page) => {
    await go(page, '#/search/from/d')
    const dialog = page.getByRole('dialog', { name: 'New search' })
    await dialog.getByRole('button', { name: /^2\s*What is searched/ }).click()
    await expect(dialog.getByRole('group', { name: 'Learning rate α' })).toBeVisible()
  },
  'how a search goes': async (page) => {
    const dialog = page.getByRole('dialog', { name: 'New search' })
    await dialog.getByRole('button', { name: 'Next', exact: true }).click()
    await expect(dialog.getByRole('radio', { name: /Bayesian/ })).toBeVisible()
  },
  'new panda': async (page) => {
    await go(page, '#/new')
    const dialog = page.getByRole('dialog', { name: 'New panda' })
    await dialog.getByRole('radio', { name: /Handwritten digits/ }).check()
    await dialog.getByRole('button', { name: /Network/ }).click()
    await expect(dialog.getByRole('heading', { name: 'Network' })).toBeVisible()
  },
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing stands in the way of assistive technology, ${colorScheme}`, async ({
    page,
    url,
    panda,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(url)
    await expect(page.getByRole('button', { name: /Raise a panda/ })).toBeVisible()
    const found: Record<string, readonly string[]> = { 'the empty home': await barriers(page) }
    await panda('new', 'examples/digits.json', '--name', 'd')
    await panda('train', 'd', '--days', '2')
    await panda('nudge', 'd', 'learning_rate=0.002')
    await search(panda)

    for (const [name, show] of Object.entries(PLACES)) {
      await show(page)
      found[name] = await barriers(page)
    }

    expect(
      Object.fromEntries(Object.entries(found).filter(([, lines]) => lines.length > 0)),
    ).toEqual({})
  })
}

test('a wide window and one at twice the zoom need no sideways scrolling', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '1')
  await search(panda)
  await page.goto(url)
  await expect(page.getByRole('article', { name: 'd' })).toBeVisible()

  for (const [width, height] of [
    [1920, 1080],
    [1024, 640],
    [640, 400],
  ] as const) {
    await page.setViewportSize({ width, height })
    const runs = ['#/run/d', '#/run/d/vitals', '#/run/d/history']
    const studies = ['#/study/s', '#/study/s/parameters']
    for (const hash of ['#/', ...runs, ...studies, '#/settings']) {
      await go(page, hash)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect({ width, hash, beyond }).toEqual({ width, hash, beyond: 0 })
    }
  }
})

test('the focus is never dropped: not by a button that rests, a page that changes or a dialog that closes', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--steps', '50')
  await page.goto(`${url}#/new`)
  const dialog = page.getByRole('dialog', { name: 'New panda' })
  await expect(dialog).toBeVisible()

  await page.keyboard.press('Escape')

  await expect(page.getByRole('heading', { level: 1, name: 'Panda' })).toBeFocused()

  await page.getByRole('link', { name: 'd', exact: true }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Train', exact: true }).focus()
  await page.keyboard.press('Enter')

  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeFocused()

  await page.keyboard.press('Enter')

  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeFocused()

  await page.getByRole('link', { name: 'Watch', exact: true }).focus()
  await page.getByRole('button', { name: 'Zoom in' }).focus()
  await page.keyboard.press('3')

  await expect(page.getByRole('main')).toBeFocused()
})
