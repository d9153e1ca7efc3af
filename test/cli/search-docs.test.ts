import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { checkedStudy } from '../../core/session/study/create-study.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const exampleOf = (name: string) => JSON.parse(textOf(`examples/${name}.json`)) as { run: object }

/** The configs that docs/search.md shows, in their order. */
const shown = [...textOf('docs/search.md').matchAll(/```json\n(.*?)```/gs)].map(
  ([, text = '']) => JSON.parse(text.trimStart().startsWith('{') ? text : `{${text}}`) as object,
)

test.each([
  ['the config', 0, 'digits-search', 'bayesian'],
  ['the population', 1, 'digits-population-search', 'population'],
])('%s that docs/search.md shows is taken as it stands', (_what, index, example, method) => {
  const whole = { ...exampleOf(example), ...shown[index], run: exampleOf(example).run }

  const { config } = checkedStudy(whole)

  expect(config.method).toBe(method)
})

test('docs/search.md shows no config that is not tested', () => {
  expect(shown).toHaveLength(2)
})
