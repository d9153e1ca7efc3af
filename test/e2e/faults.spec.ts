import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expect, startServing, test } from './fixtures.ts'

interface Shown {
  readonly state: string
  readonly step: number
}

async function openRun(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'd', exact: true }).first().waitFor()
  await page.evaluate(() => (location.hash = '#/run/d'))
  await expect(page.getByRole('heading', { level: 1, name: 'd' })).toBeVisible()
  await expect(page.locator('figure[data-points]:not([data-points="0"])').first()).toBeVisible()
}

test('a run that is moved away while it is shown says so, and leads home', async ({
  page,
  url,
  panda,
  dataDir,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  await panda('train', 'd', '--days', '1')
  await openRun(page, url)

  renameSync(path.join(dataDir, 'd.panda'), path.join(dataDir, 'elsewhere'))

  await expect(page.getByText(/not there any more/)).toBeVisible()
  await page.getByRole('button', { name: 'All runs' }).click()
  await expect(page.getByRole('button', { name: /Raise a panda/ })).toBeVisible()
})

test.describe('a host that goes and comes back', () => {
  // The socket that is cut, and the key of the host that is gone.
  test.use({ tolerated: /WebSocket|ERR_CONNECTION|401|Failed to load resource/ })

  test('is told while it is gone, and what it trained meanwhile is there when it is back', async ({
    page,
    context,
    panda,
    dataDir,
  }) => {
    await panda('new', 'examples/digits.json', '--name', 'd')
    await panda('train', 'd', '--steps', '50')
    const first = await startServing(dataDir)
    await openRun(page, first.url)
    const cookies = await context.cookies()
    const { port } = new URL(first.url)
    await first.kill()

    await expect(page.getByText(/Panda does not answer/)).toBeVisible()
    await panda('train', 'd', '--steps', '50')
    const again = await startServing(dataDir, ['--port', port])
    // The next launch has a key of its own: the page that stands there is let in by it.
    const key = new URL(again.url).searchParams.get('token') ?? ''
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: key })))

    await expect(page.getByText(/Panda does not answer/)).toBeHidden({ timeout: 30_000 })
    await expect(page.locator('figure[data-last-step="100"]').first()).toBeVisible()
    expect((await panda<Shown>('show', 'd')).step).toBe(100)
    await page.close()
    expect(await again.stop()).toBe(0)
  })
})

test('a refused step leaves the weights alone, and the window says what to do', async ({
  page,
  url,
  panda,
  dataDir,
}) => {
  const digits = JSON.parse(readFileSync('examples/digits.json', 'utf8')) as object
  const config = path.join(dataDir, 'plain.json')
  const hyperparameters = { learning_rate: 0.1, batch_size: 64 }
  writeFileSync(
    config,
    JSON.stringify({ ...digits, optimizer: 'gradient_descent', hyperparameters }),
  )
  await panda('new', config, '--name', 'd')
  await panda('train', 'd', '--steps', '30')
  await openRun(page, url)
  const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true })
  await rate.fill('1000')
  await rate.press('Enter')
  await expect(page.getByText(/Nudged α/).first()).toBeVisible()

  await page.getByRole('button', { name: 'Train', exact: true }).click()

  await expect(page.getByRole('alert').filter({ hasText: /step \d+ was refused/i })).toBeVisible()
  await expect(page.getByText(/Lower the learning rate or go back/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo nudge' }).click()
  await expect.poll(async () => (await panda<Shown>('show', 'd')).step).toBe(30)
})
