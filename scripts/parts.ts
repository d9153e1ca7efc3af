// What `npm run check` and `npm test` run: each part a tool of its own, timed and counted.
import { spawn } from 'node:child_process'
import path from 'node:path'

export const ROOT = path.dirname(import.meta.dirname)

export interface Counts {
  readonly passed: number
  readonly failed: number
}

export interface Part {
  readonly name: string
  /** A script and its arguments, run by this Node. */
  readonly command: readonly [script: string, ...args: string[]]
  readonly env?: Readonly<Record<string, string>>
  /** What the tool counted, where it counts. Others count as one. */
  readonly counts?: (exitCode: number) => Counts
}

export interface Outcome extends Counts {
  readonly name: string
  readonly seconds: number
}

const types = (layer: string): Part => ({
  name: `types: ${layer}`,
  command: ['node_modules/typescript/bin/tsc', '-p', `tsconfig/${layer}.json`],
})

export const STATIC_CHECKS: readonly Part[] = [
  { name: 'format', command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'] },
  { name: 'lint', command: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  ...['pure', 'core', 'cli', 'electron', 'test'].map(types),
  {
    name: 'types: renderer',
    command: ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'tsconfig/renderer.json'],
  },
  { name: 'unused code', command: ['node_modules/knip/bin/knip.js'] },
]

/** Runs one part and shows what it says. A tool that ends badly has failed whatever it counted. */
export async function runPart({ name, command, env, counts }: Part): Promise<Outcome> {
  console.log(`\n── ${name}`)
  const startedAt = performance.now()
  const exitCode = await runTool(command, env)
  const seconds = (performance.now() - startedAt) / 1000
  const isGood = exitCode === 0
  const { passed, failed } = counts?.(exitCode) ?? { passed: isGood ? 1 : 0, failed: 0 }
  return { name, seconds, passed, failed: isGood ? failed : Math.max(failed, 1) }
}

function runTool(command: readonly string[], env: Part['env']): Promise<number> {
  return new Promise((resolve, reject) => {
    const tool = spawn(process.execPath, command, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    })
    tool.once('error', reject)
    tool.once('exit', (code) => resolve(code ?? 1))
  })
}

/** Prints a table of the parts and, as the last line, the sum. Returns the exit code. */
export function summarise(
  outcomes: readonly Outcome[],
  print: (line: string) => void = console.log,
): number {
  const width = Math.max(...outcomes.map(({ name }) => name.length))
  print('')
  for (const { name, seconds, passed, failed } of outcomes) {
    const result = failed > 0 ? `${failed} failed` : `${passed} passed`
    print(`${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${result}`)
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  print(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
