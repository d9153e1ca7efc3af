import type { z } from 'zod'
import { suggestion } from '../nearest.ts'
import { isRecord, shapeOf, valueAt } from './config-schema.ts'
import type { Shape } from './config-schema.ts'
import { runConfig } from './config.ts'
import type { RunConfig } from './config.ts'

type Issue = z.core.$ZodIssue

/** `network.layers[0].units`; empty for the whole document. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('')
}

/**
 * Of a union's alternatives, the one that was most likely meant: the fewest missing keys, of the
 * right kind, then the fewest faults.
 */
function likeliest(
  alternativeIssues: readonly (readonly Issue[])[],
  isMissing: (issue: Issue) => boolean,
): readonly Issue[] {
  const score = (issues: readonly Issue[]): number =>
    issues.filter(isMissing).length * 100 +
    issues.filter(isOfAnotherKind).length * 10 +
    issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? i.keys.length : 1), 0)
  return alternativeIssues.toSorted((a, b) => score(a) - score(b))[0] ?? []
}

const OFFER_KEYS = (keys: readonly string[]): string => `It takes ${keys.join(', ')}.`

function describeKey(
  key: string,
  parent: readonly PropertyKey[],
  given: unknown,
  { shape }: About,
): ConfigFault {
  const keys = shape.keysAt(parent, given)
  const path = [...parent, key]
  if (keys.includes(key)) {
    // Each is known, but of one alternative or the other.
    const both = Object.keys(valueAt(given, parent) ?? {}).join(' and ')
    const message = `"${formatPath(parent)}" cannot have ${both} together`
    return { path: parent, message, remedy: 'Keep one of them.' }
  }
  return {
    path,
    message: `there is no "${formatPath(path)}"`,
    remedy: suggestion(key, keys, OFFER_KEYS(keys)),
  }
}

/** What is described: what it takes, what it is called as a whole, and where one can read more. */
interface About {
  readonly shape: Shape
  readonly whole: string
  readonly remedy: string
}

interface Description {
  readonly message: string
  readonly remedy: string
}

/** What is wrong at one place of a config. */
export interface ConfigFault extends Description {
  /** Empty for the config as a whole. */
  readonly path: readonly PropertyKey[]
}

function describeIssue(
  issue: Issue,
  parent: readonly PropertyKey[],
  given: unknown,
  about: About,
): ConfigFault {
  const { shape, remedy } = about
  const path = [...parent, ...issue.path]
  const where = path.length === 0 ? about.whole : `"${formatPath(path)}"`
  if (issue.code === 'unrecognized_keys') {
    return describeKey(issue.keys[0] ?? '', path, given, about)
  }
  const value = valueAt(given, path)
  if (issue.code === 'invalid_union') {
    // A misspelt key fails every alternative; it is a better answer than what any of them lacks.
    const whole =
      issue.discriminator === undefined || value !== undefined ? path : path.slice(0, -1)
    const unknown = unknownKey(whole, given, about)
    if (unknown !== undefined) return describeKey(unknown, whole, given, about)
    const isMissing = (inner: Issue): boolean =>
      valueAt(given, [...path, ...inner.path]) === undefined
    const lacking = lackingOf(issue, isMissing)
    if (isRecord(value) && lacking !== null) {
      return { path, message: `${where} must have ${lacking}`, remedy }
    }
    const inner = likeliest(issue.errors, isMissing)[0]
    if (inner !== undefined && !(value !== undefined && isOfAnotherKind(inner))) {
      return describeIssue(inner, path, given, about)
    }
  }
  if (value === undefined) return { path, message: `${where} is missing`, remedy }
  if (issue.code === 'invalid_value') {
    return { path, ...describeValue(where, value, issue.values.map(String)) }
  }
  if (issue.code === 'invalid_union') {
    return { path, ...describeValue(where, value, shape.kindsAt(path, given)) }
  }
  return { path, message: `${where} ${wordsFor(issue, value)}`, remedy }
}

/**
 * The keys that each alternative of a union lacks, in words: `sample, idx, csv with label or text`. Null where
 * what is there already tells which alternative is meant.
 */
function lackingOf(
  issue: Extract<Issue, { readonly code: 'invalid_union' }>,
  isMissing: (inner: Issue) => boolean,
): string | null {
  if (issue.discriminator !== undefined || issue.errors.length < 2) return null
  const isOpen = issue.errors.every((issues) => issues.length > 0 && issues.every(isMissing))
  if (!isOpen) return null
  const choices = issue.errors.map((issues) => issues.map(({ path }) => String(path[0])))
  const words = choices.map((keys) => keys.join(' with '))
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** What the schema asks for, as a person would say it. */
function wordsFor(issue: Issue, value: unknown): string {
  const items = Array.isArray(value)
  const got = items ? `${value.length}` : jsonOf(value)
  const kind = items ? 'hold ' : 'be '
  if (issue.code === 'invalid_type') {
    return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${shorten(jsonOf(value))}`
  }
  if (issue.code === 'too_small') {
    const bound = issue.inclusive ? 'at least' : 'more than'
    return `must ${kind}${bound} ${issue.minimum}, not ${got}`
  }
  if (issue.code === 'too_big') {
    const bound = issue.inclusive ? 'at most' : 'less than'
    return `must ${kind}${bound} ${issue.maximum}, not ${got}`
  }
  return issue.message
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** The first key of the object at `path` that the schema does not know. */
function unknownKey(
  path: readonly PropertyKey[],
  given: unknown,
  { shape }: About,
): string | undefined {
  const value = valueAt(given, path)
  if (!isRecord(value) || Array.isArray(value)) return undefined
  const keys = shape.keysAt(path, given)
  return Object.keys(value).find((key) => !keys.includes(key))
}

/** Is it the whole value that is wrong, and not how large it is or something in it? */
const isOfAnotherKind = ({ code, path }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')

const LONGEST_VALUE = 60

const shorten = (text: string): string =>
  text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text

/** As it was written; 1e999 in a file is read as infinity. */
const jsonOf = (value: unknown): string =>
  typeof value === 'number' ? String(value) : JSON.stringify(value)

function describeValue(where: string, value: unknown, options: readonly string[]): Description {
  const shown = shorten(jsonOf(value))
  const offer = `It may be ${options.join(', ')}.`
  return {
    message: `${where} cannot be ${shown}`,
    remedy: typeof value === 'string' ? suggestion(value, options, offer) : offer,
  }
}

const DEFAULT_HUBER_DELTA = 1

/** What a config sets to no effect: a run that was made with it trains all the same, but nobody means it. */
function unusedSettings({ loss, huber_delta: delta }: RunConfig): readonly ConfigFault[] {
  if (loss === 'huber' || delta === DEFAULT_HUBER_DELTA) return []
  const message = `"huber_delta" does nothing: it is of the loss huber, and this run's is ${loss}`
  return [{ path: ['huber_delta'], message, remedy: 'Remove huber_delta, or use huber.' }]
}

/** Each issue of a document with its place; what is missing comes last. */
export function describeIssues(
  issues: readonly Issue[],
  given: unknown,
  about: About,
): readonly ConfigFault[] {
  // A misspelt key is also a missing one: the misspelling is what helps.
  const missing = (issue: Issue): number => Number(valueAt(given, issue.path) === undefined)
  return issues
    .toSorted((a, b) => missing(a) - missing(b))
    .map((issue) => describeIssue(issue, [], given, about))
}

const RUN: About = {
  shape: shapeOf(runConfig),
  whole: 'the config',
  remedy: 'See docs/config.schema.json for what it may hold.',
}

/** All that is wrong with a config, each with its place; what is missing comes last. */
export function findConfigFaults(config: unknown): readonly ConfigFault[] {
  const parsed = runConfig.safeParse(config)
  if (parsed.success) return unusedSettings(parsed.data)
  return describeIssues(parsed.error.issues, config, RUN)
}

/** What is wrong with a config, first things first; null if nothing. */
export function findConfigFault(config: unknown): Description | null {
  const [first] = findConfigFaults(config)
  return first === undefined ? null : { message: first.message, remedy: first.remedy }
}
