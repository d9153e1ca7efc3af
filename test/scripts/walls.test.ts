import path from 'node:path'
import { ESLint, Linter } from 'eslint'
import { expect, test } from 'vitest'

const eslint = new ESLint({ cwd: path.resolve(import.meta.dirname, '../..') })

/** What the walls say about one import in one file, by the rule as it stands for that file. */
async function isAllowed(file: string, imported: string): Promise<boolean> {
  const config = (await eslint.calculateConfigForFile(file)) as {
    rules: Record<string, Linter.RuleEntry>
  }
  const rule = config.rules['no-restricted-imports']
  if (rule === undefined) return true
  const rules = { 'no-restricted-imports': rule }
  return new Linter().verify(`import ${JSON.stringify(imported)}`, { rules }).length === 0
}

test.each([
  ['core/tape/ops.ts', './value.ts'],
  ['core/nn/model.ts', '../tape/ops.ts'],
  ['core/session/host.ts', 'node:fs'],
  ['core/session/host.ts', '../store/open.ts'],
  ['core/store/open.ts', 'better-sqlite3'],
  ['core/engine/runtime.ts', 'onnxruntime-node'],
  ['cli/serve/server.ts', '../../core/web/files.ts'],
  ['cli/main.ts', './serve/server.ts'],
  ['electron/main/index.ts', 'electron'],
  ['electron/main/index.ts', '../../core/session/host.ts'],
  ['renderer/main.ts', 'vue'],
  ['renderer/link/bridge.ts', '../../core/protocol/wire.ts'],
  ['renderer/run/RunView.vue', '../../core/series/index.ts'],
])('%s may import %s', async (file, imported) => {
  expect(await isAllowed(file, imported)).toBe(true)
})

test.each([
  ['core/tape/ops.ts', 'node:fs'],
  ['core/tape/ops.ts', '../engine/runtime.ts'],
  ['core/protocol/channel.ts', '../store/open.ts'],
  ['core/session/state.ts', './host.ts'],
  ['core/session/host.ts', 'better-sqlite3'],
  ['core/session/host.ts', 'onnxruntime-node'],
  ['core/session/host.ts', 'electron'],
  ['core/session/host.ts', '../../electron/channels.ts'],
  ['core/store/open.ts', 'onnxruntime-node'],
  ['core/engine/runtime.ts', 'better-sqlite3'],
  ['core/data/csv.ts', 'vue'],
  ['cli/main.ts', 'electron'],
  ['cli/main.ts', 'better-sqlite3'],
  ['cli/serve/server.ts', '../../renderer/link/bridge.ts'],
  ['electron/main/index.ts', '../../cli/serve/server.ts'],
  ['electron/main/index.ts', 'onnxruntime-node'],
  ['renderer/main.ts', 'node:path'],
  ['renderer/main.ts', 'electron'],
  ['renderer/link/bridge.ts', '../../core/session/host.ts'],
  ['renderer/link/bridge.ts', '../../core/store/open.ts'],
  ['renderer/run/RunView.vue', '../../cli/main.ts'],
])('%s may not import %s', async (file, imported) => {
  expect(await isAllowed(file, imported)).toBe(false)
})
