import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

test('docs/dependencies.md says of every dependency why it is there, and of nothing else', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const installed = ['dependencies', 'devDependencies']
    .flatMap((kind) => Object.keys(manifest[kind] ?? {}))
    .filter((name) => !name.startsWith('@types/')) // one line serves them all
  const explained = [...read('docs/dependencies.md').matchAll(/^\| ([^|]+?) +\|/gm)]
    .flatMap(([, names = '']) => names.split(', '))
    .filter((name) => !/^(package|-+|@types\/\*)$/.test(name) && !name.startsWith('node-'))

  expect(explained.toSorted()).toEqual(installed.toSorted())
})
