// Takes docs/screenshots of every view of the built app with real training:
// `node scripts/run.mjs scripts/screenshots.ts [view …]`.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { ensureBuilt } from './build.ts'
import { findBrowser } from './find-browser.ts'

const ROOT = path.dirname(import.meta.dirname)
const CLI = path.join(ROOT, 'out/main/cli.js')
const SHOTS = path.join(ROOT, 'docs/screenshots')
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const

/** Real runs with a history: nudges, a rollback, batch norm, a table of numbers. */
function raiseRuns(folder: string): void {
  const panda = (...args: string[]): void =>
    void execFileSync(process.execPath, [CLI, ...args, '--data-dir', folder])
  const example = (name: string) => path.join(ROOT, 'examples', name)
  // Gentle enough that six days show a curve worth watching.
  const config = {
    ...(JSON.parse(readFileSync(example('digits.json'), 'utf8')) as object),
    optimizer: 'momentum',
    hyperparameters: { learning_rate: 0.01, momentum: 0.9, l2: 1e-4, batch_size: 64 },
    evaluate_every: { steps: 25 },
    vitals_every: { steps: 10 },
  }
  const file = path.join(folder, 'digits.json')
  writeFileSync(file, JSON.stringify(config))
  panda('new', file, '--name', 'digits')
  panda('train', 'digits', '--days', '2')
  panda('nudge', 'digits', 'learning_rate=0.02')
  panda('train', 'digits', '--days', '2')
  panda('nudge', 'digits', 'learning_rate=2')
  panda('train', 'digits', '--days', '1')
  panda('rollback', 'digits', '4', '--reason', 'α 2 was too high')
  panda('nudge', 'digits', 'momentum=0.95', '--over', '60')
  panda('train', 'digits', '--days', '2')
  panda('note', 'digits', 'Dev error below 9 %: leave it alone for a day.')
  panda('new', example('mlp-batch-norm.json'), '--name', 'digits batch norm')
  panda('train', 'digits batch norm', '--epochs', '2')
  panda('new', example('two-moons.json'), '--name', 'two moons')
  panda('train', 'two moons', '--days', '3')
}

/** Real studies: two hundred short trials, stopped early; and one that zooms in. */
function raiseStudies(folder: string): void {
  const panda = (...args: string[]): void =>
    void execFileSync(process.execPath, [CLI, ...args, '--data-dir', folder])
  const example = path.join(ROOT, 'examples/digits-search.json')
  const config = JSON.parse(readFileSync(example, 'utf8')) as object
  const file = path.join(folder, 'search.json')
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      method: 'random',
      trials: 200,
      budget: { steps: 120 },
      stop_early: { eta: 3, least: { steps: 13 } },
    }),
  )
  panda('search', file, '--name', 'digits 200 trials')
  writeFileSync(
    file,
    JSON.stringify({ ...config, method: 'coarse_to_fine', trials: 45, stop_early: undefined }),
  )
  panda('search', file, '--name', 'digits closer and closer')
}

const RUN = '#/run/digits'
const address = async (page: Page, hash: string): Promise<void> => {
  await page.evaluate((to) => (location.hash = to), hash)
}
/** Charts are drawn a moment after their data have come: the network is quiet, and two frames have passed. */
const settled = async (page: Page): Promise<void> => {
  await page.waitForTimeout(600)
}
const curveOf = (page: Page) => page.locator('figure[data-points]:not([data-points="0"])').first()

/** A three, in two bows. */
async function draw(page: Page): Promise<void> {
  const pad = await page.getByRole('application', { name: 'Drawing area' }).boundingBox()
  if (pad === null) return
  const at = (x: number, y: number) => [pad.x + pad.width * x, pad.y + pad.height * y] as const
  await page.mouse.move(...at(0.34, 0.26))
  await page.mouse.down()
  for (const [cx, cy] of [
    [0.5, 0.34],
    [0.5, 0.64],
  ] as const) {
    for (let angle = -2.4; angle <= 1.7; angle += 0.2) {
      await page.mouse.move(...at(cx + Math.cos(angle) * 0.16, cy + Math.sin(angle) * 0.15))
    }
  }
  await page.mouse.up()
  const prediction = page.getByRole('status', { name: 'Prediction' })
  await prediction.getByText(/%/).waitFor()
  // The first answers are to a part of the bow.
  await prediction.and(page.locator('[aria-busy="false"]')).waitFor()
}

/** Every view, and how one gets to it. */
const VIEWS: { readonly [name: string]: (page: Page) => Promise<unknown> } = {
  home: (page) =>
    page
      .getByRole('link', { name: /two moons/ })
      .first()
      .waitFor(),
  watch: async (page) => {
    await address(page, RUN)
    await curveOf(page).waitFor()
    await settled(page)
  },
  vitals: async (page) => {
    await address(page, `${RUN}/vitals`)
    await page
      .getByText(/Layer 1/)
      .first()
      .waitFor()
    await settled(page)
  },
  history: async (page) => {
    await address(page, `${RUN}/history`)
    await page.getByRole('button', { name: 'Compare with its ghost' }).click()
    await page.getByRole('list', { name: 'Compared' }).getByRole('listitem').first().waitFor()
    await settled(page)
  },
  evaluate: async (page) => {
    await address(page, `${RUN}/evaluate`)
    await page.getByRole('table', { name: /confusion/i }).waitFor()
    await page.getByRole('list', { name: 'Worst mistakes' }).getByRole('listitem').first().waitFor()
    await draw(page)
  },
  rollback: async (page) => {
    await address(page, RUN)
    await page.getByRole('button', { name: 'Roll back to day 4' }).first().click()
    await page.getByRole('dialog').getByRole('radio').first().waitFor()
  },
  palette: async (page) => {
    await address(page, RUN)
    await curveOf(page).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
  },
  help: async (page) => {
    await address(page, RUN)
    await curveOf(page).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
  },
  new: async (page) => {
    await address(page, '#/new')
    const dialog = page.getByRole('dialog', { name: 'New panda' })
    await dialog.getByRole('radio', { name: /Handwritten digits/ }).check()
    await dialog.getByRole('button', { name: /Network/ }).click()
    await dialog.getByRole('heading', { name: 'Network' }).waitFor()
    await settled(page)
  },
  search: async (page) => {
    await address(page, '#/study/digits 200 trials')
    await page.getByRole('table', { name: 'Trials' }).getByRole('row').nth(5).waitFor()
    await settled(page)
  },
  'search-parameters': async (page) => {
    await address(page, '#/study/digits closer and closer/parameters')
    await page.getByRole('heading', { name: /importance/i }).waitFor()
    await page
      .getByText(/explains/)
      .first()
      .waitFor()
    await settled(page)
  },
  'new-search': async (page) => {
    await address(page, '#/search/from/digits')
    const dialog = page.getByRole('dialog', { name: 'New search' })
    await dialog.getByRole('button', { name: /^2\s*What is searched/ }).click()
    await dialog.getByRole('group', { name: 'Learning rate α' }).waitFor()
    await settled(page)
  },
  settings: async (page) => {
    await address(page, '#/settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
  },
}

async function serve(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = spawn(process.execPath, [CLI, 'serve', '--data-dir', folder])
  const url = await new Promise<string>((resolve) => {
    server.stdout.on('data', (text) => {
      const found = /http:\S+/.exec(String(text))
      if (found !== null) resolve(found[0])
    })
  })
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve())
        server.kill('SIGTERM')
      }),
  }
}

ensureBuilt()
mkdirSync(SHOTS, { recursive: true })
const wanted = process.argv.slice(2)
const runs = mkdtempSync(path.join(tmpdir(), 'panda-pictures-'))
const none = mkdtempSync(path.join(tmpdir(), 'panda-pictures-none-'))
raiseRuns(runs)
raiseStudies(runs)
const [full, empty] = [await serve(runs), await serve(none)]
const { executablePath, env } = await findBrowser()
const browser = await chromium.launch({
  executablePath,
  env: { ...process.env, ...env } as Record<string, string>,
})

/** Opens the window in one scheme and size, goes to a view and takes its picture. */
async function shoot(
  name: string,
  url: string,
  go: (page: Page) => Promise<unknown>,
): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const viewport of SIZES) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await page.goto(url)
      await go(page)
      await page.evaluate(() => document.fonts.ready)
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      )
      await page.screenshot({
        path: path.join(SHOTS, `${name}-${colorScheme}-${viewport.width}.png`),
      })
      await context.close()
    }
  }
}

for (const [name, go] of Object.entries(VIEWS)) await shoot(name, full.url, go)
await shoot('home-empty', empty.url, (page) =>
  page.getByRole('button', { name: /Raise/ }).waitFor(),
)
await browser.close()
await Promise.all([full.stop(), empty.stop()])
for (const folder of [runs, none]) rmSync(folder, { recursive: true, force: true })
