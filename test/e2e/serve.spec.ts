import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, startServing, test } from './fixtures.ts'

const HEADING = { name: 'Raise a panda on the sample digits' }

test('the address lets the browser in once, loses its token, and a reload needs none', async ({
  page,
  context,
  url,
}) => {
  await page.goto(url)
  await expect(page.getByRole('button', HEADING)).toBeVisible()

  expect(page.url()).not.toContain('token')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.reload()
  await expect(page.getByRole('button', HEADING)).toBeVisible()
})

test('a page of another site can neither read nor connect, though the cookie is there', async ({
  page,
  context,
  url,
  complaints,
}) => {
  await page.goto(url)
  await expect(page.getByRole('button', HEADING)).toBeVisible()
  const other = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Other</title>')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const foreign = await context.newPage()
  await foreign.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)

  const { host } = new URL(url)
  const tried = await foreign.evaluate(async (address) => {
    const connected = await new Promise((resolve) => {
      const socket = new WebSocket(`ws://${address}/ws`)
      socket.onopen = () => resolve(true)
      socket.onerror = () => resolve(false)
    })
    const read = await fetch(`http://${address}/`, { credentials: 'include' }).then(
      () => true,
      () => false,
    )
    return { connected, read }
  }, host)

  expect(tried).toEqual({ connected: false, read: false })
  other.closeAllConnections()
  other.close()
  complaints.length = 0
})

test.describe('without a key', () => {
  // The browser reports every refusal at a moment of its own, also of its icon: its server may be gone by then.
  test.use({ tolerated: /401|ERR_CONNECTION_REFUSED/ })

  test('who comes without the token is told what to do', async ({ page, url }) => {
    const answer = await page.goto(new URL('/', url).href)

    expect(answer?.status()).toBe(401)
    await expect(page.getByRole('heading', { level: 1 })).toContainText('key')
  })

  test('an address from an earlier launch opens nothing', async ({ page, dataDir, url }) => {
    const again = await startServing(dataDir)
    const stale = new URL(again.url)
    stale.search = new URL(url).search
    const answer = await page.goto(stale.href)

    expect(answer?.status()).toBe(401)
    expect(await again.stop()).toBe(0)
  })
})
