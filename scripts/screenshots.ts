// Takes the README's pictures of the built app with real training: `node scripts/run.mjs scripts/screenshots.ts`.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { ensureBuilt } from './build.ts'
import { findBrowser } from './find-browser.ts'

const ROOT = path.dirname(import.meta.dirname)
const CLI = path.join(ROOT, 'out/main/cli.js')
const IMAGES = path.join(ROOT, 'docs/images')

ensureBuilt()
const folder = mkdtempSync(path.join(tmpdir(), 'panda-pictures-'))
const panda = (...args: string[]): void =>
  void execFileSync(process.execPath, [CLI, ...args, '--data-dir', folder])

/** Gentle enough that six days show a curve worth watching. */
const config = {
  ...(JSON.parse(readFileSync(path.join(ROOT, 'examples/digits.json'), 'utf8')) as object),
  optimizer: 'momentum',
  hyperparameters: { learning_rate: 0.01, momentum: 0.9, l2: 1e-4, batch_size: 64 },
  evaluate_every: { steps: 25 },
}
writeFileSync(path.join(folder, 'digits.json'), JSON.stringify(config))
panda('new', path.join(folder, 'digits.json'), '--name', 'digits')
panda('train', 'digits', '--days', '2')
panda('nudge', 'digits', 'learning_rate=0.02')
panda('train', 'digits', '--days', '2')
panda('nudge', 'digits', 'learning_rate=2')
panda('train', 'digits', '--days', '1')
panda('rollback', 'digits', '4', '--reason', 'α 2 was too high')
panda('nudge', 'digits', 'momentum=0.95')
panda('train', 'digits', '--days', '2')
panda('new', path.join(ROOT, 'examples/two-moons.json'), '--name', 'two moons')
panda('train', 'two moons', '--days', '3')

const server = spawn(process.execPath, [CLI, 'serve', '--data-dir', folder])
const url = await new Promise<string>((resolve) => {
  server.stdout.on('data', (text) => {
    const found = /http:\S+/.exec(String(text))
    if (found !== null) resolve(found[0])
  })
})
const { executablePath, env } = await findBrowser()
const browser = await chromium.launch({
  executablePath,
  env: { ...process.env, ...env } as Record<string, string>,
})
mkdirSync(IMAGES, { recursive: true })
for (const colorScheme of ['dark', 'light'] as const) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(url)
  await page
    .getByRole('link', { name: /^digits\b/ })
    .first()
    .waitFor()
  await page.screenshot({ path: path.join(IMAGES, `home-${colorScheme}.png`) })
  await page
    .getByRole('link', { name: /^digits\b/ })
    .first()
    .click()
  await page.locator('[data-ghosts="1"]').waitFor()
  await page.getByRole('button', { name: 'Train' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByText('Learning', { exact: true }).first().waitFor()
  await page.screenshot({ path: path.join(IMAGES, `run-view-${colorScheme}.png`) })
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Train' }).waitFor()
  await context.close()
}
await browser.close()
server.kill('SIGTERM')
server.once('exit', () => rmSync(folder, { recursive: true, force: true }))
