// `npm test`: every check and every test, one after the other. The last line is `N passed, N failed`.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ROOT, STATIC_CHECKS, runPart, summarise } from './parts.ts'
import type { Outcome, Part } from './parts.ts'
import { countPlaywright, countVitest } from './reports.ts'

const reports = path.join(ROOT, 'test-results')
const unitReport = path.join(reports, 'vitest.json')
// Outside the folder that Playwright empties before it starts.
const browserReport = path.join(ROOT, 'playwright-report', 'report.json')

const parts: readonly Part[] = [
  ...STATIC_CHECKS,
  { name: 'build', command: ['scripts/build.ts'] },
  {
    name: 'unit tests',
    command: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${unitReport}`,
    ],
    counts: () => countVitest(unitReport),
  },
  {
    name: 'window, in a browser',
    command: ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
    counts: () => countPlaywright(browserReport),
  },
]

for (const report of [unitReport, browserReport]) {
  rmSync(report, { force: true })
  mkdirSync(path.dirname(report), { recursive: true })
}
const outcomes: Outcome[] = []
for (const part of parts) outcomes.push(await runPart(part))
process.exitCode = summarise(outcomes)
