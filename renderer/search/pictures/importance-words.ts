import type { Importance } from '../../../core/protocol/study.ts'
import { formatCount } from '../../ui/format.ts'
import { plainName } from './scatter-words.ts'

/** What explains less than this explains hardly anything. */
const HARDLY = 0.05

/** `71 %`; of what is there but small, `< 1 %`. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100)
  return percent === 0 && share > 0 ? '< 1 %' : `${percent} %`
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

function hardlyWords(names: readonly string[], shown: number): string {
  if (names.length === 0) return ''
  const which = names.length > 2 && names.length === shown - 1 ? 'the others' : listed(names)
  return `; ${which} hardly any`
}

/**
 * What matters, in one sentence: what explains most, or the two of which the trials cannot tell which does;
 * and what hardly matters. Empty where there is nothing to tell.
 */
export function importanceSentence(
  importance: readonly Importance[],
  names: ReadonlyMap<string, string>,
): string {
  const [first, second] = importance
  if (first === undefined) return ''
  const say = ({ path }: Importance) => plainName(names, path)
  if (second === undefined) return `${say(first)} is all that is searched.`
  const hardly = importance.filter(({ share }) => share < HARDLY)
  const rest = hardlyWords(hardly.map(say), importance.length)
  if (second.high >= first.low && second.share >= HARDLY) {
    const both = formatShare(first.share + second.share)
    return `${say(first)} and ${say(second)} explain ${both} of the differences; too few trials to tell which more${rest}.`
  }
  return `${say(first)} explains ${formatShare(first.share)} of the differences${rest}.`
}

/** Why it can't be told how much each thing matters. `measured`: trials that say something; `needed`: how many it takes. */
export function noImportance(measured: number, needed: number): string {
  if (measured >= needed) return 'Nothing to tell apart: every trial came to the same.'
  const left = formatCount(needed - measured)
  return `Too few trials to tell: ${formatCount(measured)} of the ${formatCount(needed)} it takes, ${left} to go.`
}
