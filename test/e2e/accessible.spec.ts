import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** What the standard rules find wrong, as lines that say where. */
async function barriers(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
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
    const onEmptyHome = await barriers(page)
    await panda('new', 'examples/digits.json', '--name', 'd')
    await panda('train', 'd', '--days', '2')
    await panda('nudge', 'd', 'learning_rate=0.002')
    await page.getByRole('link', { name: /^d\b/ }).first().click()
    await expect(page.getByRole('button', { name: 'Roll back to day 2' }).first()).toBeAttached()
    const onRun = await barriers(page)
    await page.getByRole('button', { name: 'Roll back to day 1' }).first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    const inDialog = await barriers(page)

    expect({ onEmptyHome, onRun, inDialog }).toEqual({ onEmptyHome: [], onRun: [], inDialog: [] })
  })
}
