import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

type Entry = Readonly<Record<string, unknown>> & { readonly kind: string }
interface Shown {
  readonly state: string
  readonly step: number
  readonly branch: string
  readonly hyperparameters: Record<string, { readonly requested: number; readonly inForce: number }>
}

const button = (at: Page | Locator, name: string | RegExp): Locator =>
  at.getByRole('button', { name, exact: typeof name === 'string' })
const main = (page: Page): Locator => page.getByRole('main')

/** Opens the run `d` of the folder on one of its pages. */
async function openRun(page: Page, url: string, view = ''): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'd', exact: true }).first().waitFor()
  await page.evaluate((to) => (location.hash = to), `#/run/d${view}`)
  await expect(page.getByRole('heading', { level: 1, name: 'd' })).toBeVisible()
}

/** Drops a file of ours onto an element, as a hand from the desktop would. */
async function drop(target: Locator, file: string, name: string): Promise<void> {
  const text = readFileSync(file, 'utf8')
  await target.evaluate(
    (element, given) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([given.text], given.name, { type: 'text/csv' }))
      for (const type of ['dragenter', 'dragover', 'drop']) {
        const event = new DragEvent(type, {
          bubbles: true,
          cancelable: true,
          dataTransfer: transfer,
        })
        element.dispatchEvent(event)
      }
    },
    { text, name },
  )
}

test('a CSV that is dropped on the home page becomes a panda that trains', async ({
  page,
  url,
  panda,
}) => {
  await page.goto(url)
  await expect(button(page, 'Raise a panda on the sample digits')).toBeVisible()

  await drop(main(page), 'examples/two-moons.csv', 'two-moons.csv')
  const dialog = page.getByRole('dialog', { name: 'New panda' })
  await expect(dialog.getByRole('table').first()).toBeVisible()
  await button(dialog, 'Next').click()
  await expect(dialog.getByRole('heading', { name: 'What to predict' })).toBeVisible()
  await expect(dialog.getByText(/moon/).first()).toBeVisible()
  await button(dialog, /^\d\s*Check/).click()
  await button(dialog, 'Create and train').click()

  await expect(page.getByRole('heading', { level: 1, name: /two-moons/ })).toBeVisible()
  await expect
    .poll(async () => (await panda<readonly { step: number }[]>('ls'))[0]?.step ?? 0)
    .toBeGreaterThan(0)
  const [made] = await panda<readonly { run: string }[]>('ls')
  const journal = await panda<Entry[]>('journal', made?.run ?? '')
  expect(journal.map(({ kind }) => kind)).toContain('started')
})

test('a nudge over some steps says how far it is, and undoing it is exact', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--steps', '20')
  await openRun(page, url)
  const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true })

  await rate.fill('0.004')
  await button(page, 'Ramp').click()
  await page.getByRole('textbox', { name: 'Steps of the ramp' }).fill('400')
  await rate.press('Enter')

  await expect(page.getByText(/Nudged α 0.001 → 0.004/)).toBeVisible()
  const [nudge] = (await panda<Entry[]>('journal', 'd')).filter(({ kind }) => kind === 'nudge')
  expect(nudge).toMatchObject({ ramp: { steps: 400 } })
  await panda('train', 'd', '--steps', '200')
  const half = (await panda<Shown>('show', 'd')).hyperparameters['learning_rate']
  expect(half?.requested).toBe(0.004)
  expect(half?.inForce).toBeCloseTo(0.002, 4)

  await button(page, 'Undo nudge').click()
  await expect.poll(async () => (await panda<Shown>('show', 'd')).branch).toBe('b2')
  const back = await panda<Shown>('show', 'd')
  expect(back.step).toBe(20)
  expect(back.hyperparameters['learning_rate']?.inForce).toBe(0.001)
})

test('a nudge can wait for a flat dev cost, and be dropped again', async ({ page, url, panda }) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await openRun(page, url)
  const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true })

  await rate.fill('0.0005')
  await button(page, 'When flat').click()
  await button(page, 'Plan').click()
  const plans = page.getByRole('list', { name: 'Planned nudges' })
  await expect(plans.getByText(/0.001 → 5e-4/)).toBeVisible()
  expect(await panda<readonly unknown[]>('plans', 'd')).toHaveLength(1)
  await button(plans, /^Drop/).click()

  await expect(plans).toBeHidden()
  expect(await panda<readonly unknown[]>('plans', 'd')).toEqual([])
})

test('a rollback leaves a ghost, and the two are laid over each other', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '3')
  await openRun(page, url)
  await button(page, 'Roll back to day 1').first().click()
  const dialog = page.getByRole('dialog', { name: /Roll back to day 1/ })
  await dialog.getByRole('textbox').fill('to see another way')
  await button(dialog, 'Roll back').click()
  await expect(dialog).toBeHidden()
  await panda('train', 'd', '--days', '1')

  await page.getByRole('link', { name: 'History' }).click()
  await button(page, 'Compare with its ghost').click()

  const compared = page.getByRole('list', { name: 'Compared' })
  await expect(compared.getByRole('listitem')).toHaveCount(2)
  const table = page.getByRole('table').filter({ hasText: 'dev' }).first()
  await expect(table).toBeVisible()
  await expect(page.getByRole('listbox', { name: 'Branches and days' })).toContainText(/b2/)
})

test('a note on a day stands in the journal with the day it is about', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '1')
  await openRun(page, url)

  await button(page, /^Day 1, /).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Note…' }).click()
  const dialog = page.getByRole('dialog', { name: /Note on day 1/ })
  await dialog.getByRole('textbox').fill('learns well')
  await page.keyboard.press('Control+Enter')

  await expect(dialog).toBeHidden()
  await expect(page.getByText('learns well').first()).toBeVisible()
  const note = (await panda<Entry[]>('journal', 'd')).find(({ kind }) => kind === 'note')
  expect(note).toMatchObject({ text: 'learns well', about: { kind: 'day', day: 1, branch: 'b1' } })
})

test('the palette finds a command, by keyboard alone', async ({ page, url, panda }) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '2')
  await openRun(page, url)
  await expect(button(page, /^Day 2, /)).toBeVisible()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('roll back to day 1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: /Roll back to day 1/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('settings')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('news of a run that is not on screen comes as a note in the corner', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('new', 'examples/two-moons.json', '--name', 'other')
  await openRun(page, url)
  await page
    .getByRole('link', { name: /^other/ })
    .first()
    .click()
  await button(page, 'How far to train').click()
  await button(page.getByRole('dialog', { name: 'How far to train' }), 'Train').click()
  await page.getByRole('link', { name: /^d\b/ }).first().click()

  const news = page.getByRole('region', { name: /News/ })
  await expect(news.getByText(/other/).first()).toBeVisible()
})

test('the evaluation page counts what is taken for what, and shows the worst mistakes', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '1')
  const told = await panda<{ confusion: number[][]; accuracy: number }>('evaluate', 'd')
  await openRun(page, url, '/evaluate')

  const confusion = page.getByRole('table', { name: /Confusion matrix/ })
  await expect(confusion).toBeVisible()
  const row = confusion.getByRole('row').nth(1)
  await expect(row).toContainText(String(told.confusion[0]?.[0]))
  await expect(page.getByRole('table', { name: /Classes/ })).toContainText('Precision')
  const mistakes = page.getByRole('list', { name: 'Worst mistakes' }).getByRole('listitem')
  await expect(mistakes.first()).toBeVisible()
  await expect(page.getByText(`${(told.accuracy * 100).toFixed(1)} %`).first()).toBeVisible()
})

test('a digit that is drawn is answered', async ({ page, url, panda }) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '2')
  await openRun(page, url, '/evaluate')
  const pad = page.getByRole('application', { name: 'Drawing area' })
  const box = await pad.boundingBox()
  if (box === null) throw new Error('there is nothing to draw on')

  // A straight stroke downwards: a one, in anyone's hand.
  const x = box.x + box.width / 2
  await page.mouse.move(x, box.y + box.height * 0.15)
  await page.mouse.down()
  await page.mouse.move(x, box.y + box.height * 0.85, { steps: 12 })
  await page.mouse.up()

  // Its class stands first; a one among the digits of some probability would prove nothing.
  await expect(page.getByRole('status', { name: 'Prediction' })).toHaveText(/^\s*1/)
})

test('settings hold for the page at once and for the next one', async ({ page, url, panda }) => {
  await page.goto(url)
  await page.getByRole('link', { name: 'Settings' }).click()
  await button(page, /^dark$/i).click()

  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  const kept = await panda<{ settings: { theme: string } }>('settings')
  expect(kept.settings.theme).toBe('dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('a run is copied, renamed and thrown away from the window', async ({ page, url, panda }) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '1')
  await openRun(page, url)

  await button(page, 'More about this run').click()
  await page.getByRole('menuitem', { name: /Second panda/ }).click()
  const copying = page.getByRole('dialog')
  await copying.getByRole('textbox').fill('second')
  await copying
    .getByRole('button', { name: /Make|Create|Copy|second/i })
    .last()
    .click()
  await expect(page.getByRole('heading', { level: 1, name: 'second' })).toBeVisible()

  const names = (await panda<readonly { run: string }[]>('ls')).map(({ run }) => run)
  expect(names).toEqual(['d', 'second'])
  await button(page, 'More about this run').click()
  await page.getByRole('menuitem', { name: 'Rename…' }).click()
  const renaming = page.getByRole('dialog')
  await renaming.getByRole('textbox').fill('third')
  await renaming.getByRole('textbox').press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'third' })).toBeVisible()
})
