import { launchApp } from '../electron/harness.ts'
import { expect, test } from './fixtures.ts'

// The built main process, preload and window, whole, around a stand-in for Electron itself.

test('the app raises a panda, and closing its window while it trains saves everything', async ({
  page,
  dataDir,
  panda,
}) => {
  const app = launchApp(page, dataDir)
  await app.ready
  await page.getByRole('button', { name: 'Raise a panda on the sample digits' }).click()
  const curve = page.locator('[data-last-step]')
  await expect
    .poll(async () => Number(await curve.getAttribute('data-last-step')))
    .toBeGreaterThan(20)
  const done = () => app.calls.map(({ what }) => what)
  expect(done()).toContain('powerSaveBlocker.start')

  app.send({ type: 'close-window' })

  expect(await app.exit).toEqual({ code: 0, signal: null })
  expect(done()).toContain('powerSaveBlocker.stop')
  expect(done()).not.toContain('dialog.showErrorBox')
  const shown = await panda<{ state: string; step: number }>('show', 'digits')
  expect(shown.state).toBe('paused')
  const checkpoints = await panda<readonly { step: number }[]>('checkpoints', 'digits')
  expect(Math.max(...checkpoints.map(({ step }) => step))).toBe(shown.step)
})

test('the app is fenced in before its window opens', async ({ page, dataDir }) => {
  const app = launchApp(page, dataDir)
  await app.ready
  const done = app.calls.map(({ what }) => what)
  const before = done.slice(0, done.indexOf('new BrowserWindow'))

  expect(before).toEqual(
    expect.arrayContaining([
      'app.enableSandbox',
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
    ]),
  )
  const open = app.calls.find(({ what }) => what === 'setWindowOpenHandler')
  expect(open?.with).toEqual({ action: 'deny' })
  expect(await page.evaluate(() => Object.keys(Reflect.get(window, 'panda') as object))).toEqual([
    'platform',
    'requestPort',
    'showFile',
    'focusWindow',
  ])
  expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false)

  app.signal('SIGTERM')
  expect(await app.exit).toEqual({ code: 0, signal: null })
})

test('the app comes back where it was left, and a reload finds its run again', async ({
  page,
  context,
  dataDir,
  panda,
}) => {
  await panda('new', 'examples/digits.json', '--name', 'd')
  const first = launchApp(page, dataDir)
  await first.ready
  await page.getByRole('link', { name: /\bd\b/ }).first().click()
  await expect(page).toHaveURL(/#\/run\/d$/)
  await page.reload()
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeVisible()
  first.send({ type: 'close-window' })
  expect(await first.exit).toEqual({ code: 0, signal: null })

  const again = await context.newPage()
  const second = launchApp(again, dataDir)
  await second.ready

  await expect(again).toHaveURL(/#\/run\/d$/)
  await expect(again.getByRole('button', { name: 'Train', exact: true })).toBeVisible()
  const opened = second.calls.find(({ what }) => what === 'new BrowserWindow')
  expect(opened?.with).toMatchObject({ x: 40, y: 30, width: 1280, height: 800 })
  second.signal('SIGTERM')
  expect(await second.exit).toEqual({ code: 0, signal: null })
})
