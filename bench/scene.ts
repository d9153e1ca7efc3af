import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RunEvent } from '../core/protocol/run.ts'
import { createHost } from '../core/session/host.ts'

const ROOT = path.dirname(import.meta.dirname)
const OUT = path.join(ROOT, 'out')
export const CLI = path.join(OUT, 'main/cli.js')
export const SAMPLES = path.join(OUT, 'samples')
export const MIGRATIONS = path.join(OUT, 'migrations')
export const WORKER = new URL(`file://${OUT}/main/worker.js`)
export const DIGITS = path.join(ROOT, 'examples/digits.json')

export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A host on a fresh folder, of the built app's parts. */
export function newScene() {
  const host = createHost({
    dataDir: newFolder(),
    samplesDir: SAMPLES,
    migrationsDir: MIGRATIONS,
    workerUrl: WORKER,
  })
  const next = (fits: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve) => {
      const off = host.on('run:event', ({ event }) => {
        if (!fits(event)) return
        off()
        resolve(event)
      })
    })
  return {
    handlers: host.handlers,
    close: () => host.close(),
    next,
    standstill: () =>
      next((event) => event.type === 'state' && ['paused', 'failed'].includes(event.state.kind)),
    createDigits: (name: string, settings: object = {}) =>
      host.handlers['runs:create']({
        config: { ...(JSON.parse(readFileSync(DIGITS, 'utf8')) as object), ...settings },
        name,
        base: path.dirname(DIGITS),
      }),
  }
}
export type Scene = ReturnType<typeof newScene>

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
export const median = (values: readonly number[]): number => quantile(values, 0.5)

export interface Row {
  readonly what: string
  readonly value: string
}
export const row = (what: string, value: string): Row => ({ what, value })
export const ms = (value: number): string => `${value.toFixed(1)} ms`
