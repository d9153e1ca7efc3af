import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { runPart, summarise } from '../../scripts/parts.ts'
import { countPlaywright, countVitest } from '../../scripts/reports.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'panda-parts-'))
function report(content: unknown): string {
  const file = path.join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('the closing line', () => {
  const part = { name: 'x', seconds: 1, passed: 3, failed: 0 }

  test('sums up every part, and is the last', () => {
    const lines: string[] = []
    expect(summarise([part, { ...part, name: 'longer' }], (line) => lines.push(line))).toBe(0)
    expect(lines.at(-1)).toBe('6 passed, 0 failed')
  })

  test('one failure is a failed run', () => {
    const lines: string[] = []
    expect(summarise([part, { ...part, failed: 1 }], (line) => lines.push(line))).toBe(1)
    expect(lines.at(-1)).toBe('6 passed, 1 failed')
  })
})

describe('a part', () => {
  const exits = (code: number) => path.join(folder, `exit-${code}.mjs`)
  for (const code of [0, 3]) writeFileSync(exits(code), `process.exit(${code})`)

  test('that does not count is one check', async () => {
    expect(await runPart({ name: 'x', command: [exits(0)] })).toMatchObject({
      passed: 1,
      failed: 0,
    })
    expect(await runPart({ name: 'x', command: [exits(3)] })).toMatchObject({
      passed: 0,
      failed: 1,
    })
  })

  test('that ends badly has failed, whatever it counted', async () => {
    const counts = () => ({ passed: 10, failed: 0 })
    const outcome = await runPart({ name: 'x', command: [exits(3)], counts })
    expect(outcome).toMatchObject({ passed: 10, failed: 1 })
  })
})

describe('counting', () => {
  test('a runner that left no report has failed', () => {
    const nowhere = path.join(folder, 'nowhere.json')
    expect(countVitest(nowhere)).toEqual({ passed: 0, failed: 1 })
    expect(countPlaywright(nowhere)).toEqual({ passed: 0, failed: 1 })
  })

  test('unit tests that did not run, and files that could not be read, are no passes', () => {
    const counts = {
      numPassedTests: 5,
      numFailedTests: 0,
      numTotalTests: 5,
      numFailedTestSuites: 0,
    }
    expect(countVitest(report(counts))).toEqual({ passed: 5, failed: 0 })
    expect(countVitest(report({ ...counts, numTotalTests: 7 }))).toEqual({ passed: 5, failed: 2 })
    expect(countVitest(report({ ...counts, numFailedTestSuites: 1 })).failed).toBe(1)
    expect(
      countVitest(
        report({ ...counts, numTotalTests: 6, numFailedTests: 1, numFailedTestSuites: 1 }),
      ),
    ).toEqual({ passed: 5, failed: 1 })
  })

  test('browser tests that were flaky, skipped or broke outside a test are failures', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 1 }
    expect(countPlaywright(report({ stats, errors: ['x'] }))).toEqual({ passed: 4, failed: 4 })
  })
})
