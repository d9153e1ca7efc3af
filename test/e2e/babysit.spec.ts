import type { Locator, Page } from '@playwright/test'
import { expect, startServing, test } from './fixtures.ts'

interface Shown {
  readonly run: string
  readonly state: string
  readonly branch: string
  readonly step: number
  readonly parametersSha256: string
  readonly hyperparameters: Record<string, { readonly inForce: number }>
}
interface Day {
  readonly day: number
  readonly branch: string
  readonly toStep: number
  readonly checkpoint: string
  readonly parametersSha256: string
}
interface Points {
  readonly points: readonly { readonly step: number; readonly mean: number }[]
}
type Entry = Readonly<Record<string, unknown>> & { readonly kind: string; readonly step: number }

const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const curve = (page: Page): Locator => page.locator('[data-points]').first()
const drawn = async (page: Page, what: 'points' | 'ghosts' | 'flags' | 'last-step') =>
  Number(await curve(page).getAttribute(`data-${what}`))

/** From the empty home view to a run that trains. */
async function raise(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await button(page, 'Raise a panda on the sample digits').click()
  await expect.poll(() => drawn(page, 'points')).toBeGreaterThan(1)
}

async function waitForDay(page: Page, day: number): Promise<void> {
  await expect(button(page, `Roll back to day ${day}`).first()).toBeAttached({ timeout: 60_000 })
}

test('one click trains on the real digits, and the curve moves', async ({ page, url, panda }) => {
  await raise(page, url)
  const before = await drawn(page, 'last-step')

  await expect.poll(() => drawn(page, 'last-step')).toBeGreaterThan(before)

  const shown = await panda<Shown>('show', 'digits')
  expect(shown.state).toBe('running')
  await expect(page).toHaveTitle(/digits/)
})

test('a nudge is journaled, flagged, and survives pause, reload and restart', async ({
  page,
  url,
  serving,
  dataDir,
  panda,
}) => {
  await raise(page, url)
  const field = page.getByRole('textbox', { name: 'Learning rate', exact: true })
  await field.fill('0.002')
  await field.press('Enter')
  await expect(page.getByText(/Nudged α 0.001 → 0.002/)).toBeVisible()
  await expect.poll(() => drawn(page, 'flags')).toBeGreaterThan(0)
  await button(page, 'Pause').click()
  await expect(button(page, 'Train')).toBeVisible()

  const journal = await panda<Entry[]>('journal', 'digits')
  const nudge = journal.find(({ kind }) => kind === 'nudge')
  expect(nudge).toMatchObject({ changes: [{ name: 'learning_rate', from: 0.001, to: 0.002 }] })
  expect(nudge?.firstStep).toBe((nudge?.step ?? 0) + 1)

  // While it stands still.
  await field.fill('0.003')
  await button(page, 'Apply').click()
  await expect(page.getByText(/Nudged α 0.002 → 0.003/)).toBeVisible()
  await page.reload()
  await expect(page.getByText(/Nudged α 0.002 → 0.003/)).toBeVisible()
  await expect(field).toHaveValue('0.003')
  await expect.poll(() => drawn(page, 'flags')).toBeGreaterThan(1)

  await page.close()
  expect(await serving.stop()).toBe(0)
  const again = await startServing(dataDir)
  const shown = await panda<Shown>('show', 'digits')
  expect(await again.stop()).toBe(0)
  expect(shown.hyperparameters.learning_rate?.inForce).toBe(0.003)
})

test('Undo nudge takes it back exactly, by keyboard', async ({ page, url, panda }) => {
  await raise(page, url)
  await page.keyboard.press('Space')
  await expect(button(page, 'Train')).toBeVisible()
  const before = await panda<Shown>('show', 'digits')
  await page.getByRole('textbox', { name: 'Learning rate', exact: true }).fill('0.5')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/Nudged α/)).toBeVisible()
  await button(page, 'Undo nudge').focus()
  await page.keyboard.press('Enter')
  await expect
    .poll(async () => (await panda<Shown>('show', 'digits')).branch, { timeout: 20_000 })
    .toBe('b2')

  const after = await panda<Shown>('show', 'digits')
  expect(after.hyperparameters).toEqual(before.hyperparameters)
  expect(after.parametersSha256).toBe(before.parametersSha256)
})

test('rolling back to day 2 of 5 lands on its weights, and goes on as the ghost did', async ({
  page,
  url,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '5')
  const days = await panda<Day[]>('days', 'd')
  await page.goto(url)
  await page.getByRole('link', { name: /^d\b/ }).first().click()
  await waitForDay(page, 5)

  await button(page, 'Roll back to day 2').first().click()
  const dialog = page.getByRole('dialog', { name: 'Roll back to day 2' })
  await expect(dialog.getByText(/375 steps/)).toBeVisible()
  await dialog.getByRole('textbox').fill('the test says so')
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => drawn(page, 'ghosts')).toBe(1)
  await expect(page.getByText(/the test says so/).first()).toBeVisible()

  const landed = await panda<Shown>('show', 'd')
  expect(landed.parametersSha256).toBe(days[1]?.parametersSha256)
  expect(landed.state).toBe('paused')

  await panda('train', 'd', '--steps', '100')
  const branch = await panda<Points>('metrics', 'd', '--from', '250', '--to', '350')
  const ghostDay = days.find(({ day }) => day === 3)
  await page.reload()
  await expect.poll(() => drawn(page, 'ghosts')).toBe(1)

  // The abandoned future can still be gone back to: then it is the branch that is the ghost.
  await panda('rollback', 'd', 'b1:3')
  const ghost = await panda<Points>('metrics', 'd', '--from', '250', '--to', '350')
  expect(branch.points).toHaveLength(100)
  expect(branch.points).toEqual(ghost.points)
  expect((await panda<Shown>('show', 'd')).parametersSha256).toBe(ghostDay?.parametersSha256)
})

test('the window says so when its server goes away', async ({ page, url, serving, complaints }) => {
  await raise(page, url)
  await button(page, 'Pause').click()
  await expect(button(page, 'Train')).toBeVisible()
  expect(await serving.stop()).toBe(0)

  await expect(page.getByText(/Panda does not answer/)).toBeVisible()
  complaints.length = 0 // the browser complains about the lost socket
})
