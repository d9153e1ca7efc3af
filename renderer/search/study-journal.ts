import { assertNever } from '../../core/errors.ts'
import type { SearchSpace } from '../../core/protocol/space.ts'
import type { StudyEntry } from '../../core/protocol/study.ts'
import { rangeWords } from './study-facts.ts'
import { plural, shortNames } from './trial-words.ts'

/** What differs between two spaces, as a person would say it. */
function changesBetween(from: SearchSpace, to: SearchSpace): string {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  const names = shortNames(paths)
  const changes = paths.flatMap((path) => {
    const [was, is] = [from[path], to[path]]
    const name = (names.get(path) ?? path).replaceAll('_', ' ')
    if (is === undefined) return [`${name} is not searched any more`]
    if (was === undefined) return [`${name} is searched too, ${rangeWords(path, is)}`]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    return [`${name} ${rangeWords(path, is)} (before: ${rangeWords(path, was)})`]
  })
  return changes.length === 0 ? 'nothing differs' : changes.join('; ')
}

/** A line of a study's journal as a person would say it. */
export function sentenceOf(entry: StudyEntry): string {
  switch (entry.kind) {
    case 'study-paused':
      return 'Paused.'
    case 'study-resumed':
      return 'Went on.'
    case 'study-done':
      return 'Every trial has ended.'
    case 'trial-cancelled':
      return `Trial ${entry.trial} was cancelled.`
    case 'trials-added':
      return `${plural(entry.trials, 'trial')} ${entry.trials === 1 ? 'was' : 'were'} added.`
    case 'space-changed':
      return `The space was changed: ${changesBetween(entry.from, entry.to)}.`
    default:
      return assertNever(entry)
  }
}
