// Reads how many tests passed from the runners' own JSON reports.
import { existsSync, readFileSync } from 'node:fs'
import type { Counts } from './parts.ts'

/** A runner that left no report failed once, even if it ended well. */
const NO_REPORT: Counts = { passed: 0, failed: 1 }

const read = (file: string): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null

export function countVitest(file: string): Counts {
  const report = read(file) as {
    numPassedTests: number
    numFailedTests: number
    numTotalTests: number
    numFailedTestSuites: number
  } | null
  if (report === null) return NO_REPORT
  // A file that can't be imported has no tests that could fail. A test that did not run is no pass.
  const { numPassedTests, numFailedTests, numTotalTests, numFailedTestSuites } = report
  const notRun = numTotalTests - numPassedTests - numFailedTests
  const failed = numFailedTests + notRun
  return { passed: numPassedTests, failed: failed === 0 && numFailedTestSuites > 0 ? 1 : failed }
}

export function countPlaywright(file: string): Counts {
  const report = read(file) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
    errors: readonly unknown[]
  } | null
  if (report === null) return NO_REPORT
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped + report.errors.length }
}
