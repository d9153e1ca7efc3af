import type { Locator, Page } from '@playwright/test'
import { expect, startServing, test } from './fixtures.ts'

interface Trial {
  readonly trial: number
  readonly state: string
  readonly step: number
  readonly point: Readonly<Record<string, number>>
  readonly value: number | null
}
interface Study {
  readonly state: string
  readonly best: number | null
  readonly trials: readonly Trial[]
  readonly config: {
    readonly space: Readonly<Record<string, { low: number; high: number; scale?: string }>>
    readonly trials: number
  }
}

const RATE = 'hyperparameters.learning_rate'
const button = (at: Page | Locator, name: string | RegExp): Locator =>
  at.getByRole('button', { name, exact: typeof name === 'string' })

/** Goes through the dialog from an empty home: the digits, one learning rate on its own scale, 12 trials. */
async function defineSearch(page: Page): Promise<void> {
  await button(page, 'Begin a search').click()
  const dialog = page.getByRole('dialog', { name: 'New search' })
  await dialog.getByRole('radio', { name: /Handwritten digits/ }).check()
  await button(dialog, 'Next').click()

  await expect(dialog.getByRole('heading', { name: 'What is searched' })).toBeVisible()
  const others = dialog.getByRole('button', { name: /^Remove / })
  await expect(others.first()).toBeVisible()
  while ((await others.count()) > 0) await others.first().click()
  await button(dialog, /^Add/).click()
  await dialog.getByRole('combobox', { name: 'Find what to search' }).fill('learning rate')
  await page.keyboard.press('ArrowDown')
  await dialog.getByRole('option', { name: /^Learning rate α/ }).click()
  const rate = dialog.getByRole('group', { name: 'Learning rate α' })
  await rate.getByRole('textbox', { name: /lowest/ }).fill('1e-4')
  await rate.getByRole('textbox', { name: /highest/ }).fill('0.1')
  await rate.getByRole('combobox', { name: /scale/ }).selectOption('logarithmic')
  await button(dialog, 'Next').click()

  await dialog.getByRole('textbox', { name: 'Trials' }).fill('12')
  await dialog.getByRole('textbox', { name: 'Each trains', exact: true }).fill('40')
  await dialog.getByRole('combobox', { name: 'Each trains: unit' }).selectOption('steps')
  await button(dialog, 'Next').click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('rates')
  await button(dialog, 'Start').click()
  await expect(page.getByRole('heading', { level: 1, name: 'rates' })).toBeVisible()
}

test('from a space on the log scale over twelve trials to a panda that is nudged', async ({
  page,
  url,
  panda,
}) => {
  await page.goto(url)
  await defineSearch(page)

  await expect
    .poll(async () => (await panda<Study>('trials', 'rates')).state, { timeout: 60_000 })
    .toBe('done')
  const found = await panda<Study>('trials', 'rates')
  expect(found.config.space).toEqual({
    [RATE]: { type: 'real', low: 1e-4, high: 0.1, scale: 'logarithmic' },
  })
  expect(found.trials).toHaveLength(12)
  const table = page.getByRole('table', { name: 'Trials' })
  await expect(table.getByRole('row')).toHaveCount(13)
  await expect(button(table, `Trial ${found.best ?? 0}, the best`)).toBeVisible()

  await button(page, 'Adopt best').click()
  const dialog = page.getByRole('dialog', { name: new RegExp(`Adopt trial ${found.best}`) })
  await dialog.getByRole('textbox', { name: 'Name of the run' }).fill('raised')
  await button(dialog, 'Adopt').click()
  await expect(page.getByRole('heading', { level: 1, name: 'raised' })).toBeVisible()
  const best = found.trials.find(({ trial }) => trial === found.best)
  const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true })
  await expect(rate).toBeVisible()
  const before = await panda<{ step: number }>('show', 'raised')
  expect(before.step).toBe(best?.step)

  await rate.fill('0.0005')
  await rate.press('Enter')

  await expect
    .poll(async () => {
      const shown = await panda<{
        hyperparameters: { learning_rate: { requested: number } }
      }>('show', 'raised')
      return shown.hyperparameters.learning_rate.requested
    })
    .toBe(0.0005)
  const journal = await panda<readonly { kind: string }[]>('journal', 'raised')
  expect(journal.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['nudge']))
})

test.describe('when its server is killed', () => {
  test.use({ tolerated: /WebSocket|ERR_CONNECTION/ })

  test('a search is all there when it is served again, and goes on', async ({
    page,
    dataDir,
    panda,
  }) => {
    const first = await startServing(dataDir)
    await page.goto(first.url)
    await defineSearch(page)
    await expect
      .poll(async () => (await panda<Study>('trials', 'rates')).trials.filter(isOver).length)
      .toBeGreaterThan(1)
    const ended = (await panda<Study>('trials', 'rates')).trials.filter(isOver)

    await first.kill()
    const second = await startServing(dataDir)
    await page.goto(second.url)

    await page.getByRole('link', { name: 'rates', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'rates' })).toBeVisible()
    const kept = await panda<Study>('trials', 'rates')
    expect(kept.trials).toEqual(expect.arrayContaining([...ended]))
    if (kept.state !== 'done') await button(page, 'Go on').click()
    await expect
      .poll(async () => (await panda<Study>('trials', 'rates')).state, { timeout: 60_000 })
      .toBe('done')
    await second.stop()
  })
})

test('a terminal and the window care for the same search', async ({ page, url, panda }) => {
  await page.goto(url)
  await defineSearch(page)

  await panda('search', 'rates', '--pause')

  await expect(button(page, /^(Go on|Add trials)$/)).toBeVisible()
  if ((await panda<Study>('trials', 'rates')).state !== 'done') await button(page, 'Go on').click()
  await expect
    .poll(async () => (await panda<Study>('trials', 'rates')).state, { timeout: 60_000 })
    .toBe('done')
  await page.getByRole('link', { name: 'Parameters' }).click()
  await expect(page.getByText(/importance/i).first()).toBeVisible()
})

const isOver = ({ state }: Trial): boolean => state === 'done' || state === 'stopped-early'
