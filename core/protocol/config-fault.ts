import { z } from 'zod'
import { runConfig } from './config.ts'
import { suggestion } from '../nearest.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.JSONSchema.BaseSchema

const schema = z.toJSONSchema(runConfig, { io: 'input' }) as Schema

const alternatives = (at: Schema): readonly Schema[] =>
  at.anyOf?.flatMap((s) => asSchemas(s)) ?? [at]
const asSchemas = (at: unknown): readonly Schema[] =>
  typeof at === 'object' && at !== null ? alternatives(at as Schema) : []

/** Every key that may stand in the object at `path`, whichever alternative it is. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let at = alternatives(schema)
  for (const part of path) {
    at = at.flatMap((s) =>
      asSchemas(typeof part === 'number' ? s.items : s.properties?.[String(part)]),
    )
  }
  return [...new Set(at.flatMap((s) => Object.keys(s.properties ?? {})))]
}

/** `network.layers[0].units`; empty for the whole document. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('')
}

/** Of a union's alternatives, the one that was most likely meant: the fewest missing keys, then faults. */
function likeliest(
  alternativeIssues: readonly (readonly Issue[])[],
  isMissing: (issue: Issue) => boolean,
): readonly Issue[] {
  const score = (issues: readonly Issue[]): number =>
    issues.filter(isMissing).length * 100 +
    issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? i.keys.length : 1), 0)
  return alternativeIssues.toSorted((a, b) => score(a) - score(b))[0] ?? []
}

const OFFER_KEYS = (keys: readonly string[]): string => `It takes ${keys.join(', ')}.`

function describeKey(key: string, path: readonly PropertyKey[]): Description {
  const keys = keysAt(path)
  const where = formatPath([...path, key])
  return { message: `there is no "${where}"`, remedy: suggestion(key, keys, OFFER_KEYS(keys)) }
}

interface Description {
  readonly message: string
  readonly remedy: string
}

function describeIssue(issue: Issue, parent: readonly PropertyKey[], given: unknown): Description {
  const path = [...parent, ...issue.path]
  const where = formatPath(path) || 'the config'
  const remedy = 'See docs/config.schema.json for what it may hold.'
  if (issue.code === 'unrecognized_keys') return describeKey(issue.keys[0] ?? '', path)
  if (issue.code === 'invalid_union') {
    // A misspelt key fails every alternative; it is a better answer than what any of them lacks.
    const keys = keysAt(path)
    const value = valueAt(given, path)
    const unknown = isRecord(value)
      ? Object.keys(value).find((key) => !keys.includes(key))
      : undefined
    if (unknown !== undefined) return describeKey(unknown, path)
    const isMissing = (inner: Issue): boolean =>
      valueAt(given, [...path, ...inner.path]) === undefined
    const inner = likeliest(issue.errors, isMissing)[0]
    if (inner !== undefined) return describeIssue(inner, path, given)
  }
  if (valueAt(given, path) === undefined) return { message: `"${where}" is missing`, remedy }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const offer = `It may be ${values.join(', ')}.`
    const value = valueAt(given, path)
    return {
      message: `"${where}" cannot be ${JSON.stringify(value)}`,
      remedy: suggestion(String(value), values, offer),
    }
  }
  return { message: `"${where}": ${issue.message}`, remedy }
}

const isRecord = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (isRecord(at) ? at[part] : undefined), value)

/** What is wrong with a config, first things first; null if nothing. */
export function findConfigFault(config: unknown): Description | null {
  const parsed = runConfig.safeParse(config)
  if (parsed.success) return null
  // A misspelt key is also a missing one: the misspelling is what helps.
  const missing = (issue: Issue): number => Number(valueAt(config, issue.path) === undefined)
  const issues = parsed.error.issues.toSorted((a, b) => missing(a) - missing(b))
  const [first] = issues
  return first === undefined ? null : describeIssue(first, [], config)
}
