import type { z } from 'zod'
import { PandaError } from '../errors.ts'

type Issue = z.core.$ZodIssue

/** Edit distance (Levenshtein), for guessing what a misspelt key was meant to be. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitute))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The candidate nearest to `word`, unless all are far off. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const ranked = candidates
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((x, y) => x.off - y.off)
  const [best] = ranked
  return best !== undefined && best.off <= Math.max(2, word.length / 3) ? best.candidate : null
}

const KEYS = [
  'name',
  'seed',
  'data',
  'network',
  'loss',
  'optimizer',
  'hyperparameters',
  'day',
  'evaluate_every',
  'checkpoint_every',
  'threads',
  'sample',
  'idx',
  'csv',
  'label',
  'dev',
  'normalise',
  'initialiser',
  'layers',
  'type',
  'units',
  'activation',
  'images',
  'labels',
  'epochs',
  'steps',
  'minutes',
  'hours',
  'learning_rate',
  'momentum',
  'beta1',
  'beta2',
  'epsilon',
  'l2',
  'batch_size',
  'learning_rate_decay',
] as const

/** Of a union's branches, the one that comes closest says best what is wrong. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const [best] = issue.errors
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => a.length - b.length || badness(a) - badness(b))
  const first = best?.[0]
  return first === undefined
    ? issue
    : { ...deepest(first), path: [...issue.path, ...deepest(first).path] }
}
const badness = (issues: readonly Issue[]): number =>
  issues.filter(({ code }) => code === 'unrecognized_keys').length

/** A config that does not fit, told by the place and the first thing that is wrong there. */
export function describeConfigFault(error: z.ZodError): PandaError {
  const [first] = error.issues
  if (first === undefined) return new PandaError('config/invalid', 'the config is not valid')
  const issue = deepest(first)
  const place = issue.path.length === 0 ? 'the config' : issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const guess = nearest(key, KEYS)
    return new PandaError(
      'config/invalid',
      `${place} has no setting "${key}"`,
      guess === null ? 'docs/config.schema.json lists the settings.' : `Did you mean "${guess}"?`,
    )
  }
  return new PandaError(
    'config/invalid',
    `${place}: ${issue.message}`,
    'docs/config.schema.json describes every setting.',
  )
}
