import { freeName } from '../stores/runs.ts'

/** What is wrong with a name for a new file, as a sentence; null where nothing is. The host checks once more. */
export function faultOfName(
  name: string,
  taken: readonly string[],
  kind: 'run' | 'study' = 'run',
): string | null {
  const trimmed = name.trim()
  if (trimmed === '') return 'Give it a name.'
  // The file systems of two of three platforms tell no capitals from small letters.
  const same = taken.find((one) => one.toLowerCase() === trimmed.toLowerCase())
  if (same !== undefined) return `There is a ${kind} ${same} already. Choose another name.`
  if (/[\\/:*?"<>|]/.test(trimmed)) return 'A name can’t have any of \\ / : * ? " < > | in it.'
  return null
}

/** The next free name of a family: digits → digits-2, digits-2 → digits-3. */
export const nextName = (run: string, taken: readonly string[]): string =>
  freeName(run.replace(/-\d+$/, ''), taken)

/** What a person calls the target of a copy: `day 2`, `day 2 of branch b1`, `checkpoint c17`, `now`. */
export function wordsOfTarget(target: string | null): string {
  if (target === null) return 'now'
  if (/^c\d+$/.test(target)) return `checkpoint ${target}`
  const [branch, day] = target.includes(':') ? target.split(':') : [null, target]
  return branch === null ? `day ${day}` : `day ${day} of branch ${branch}`
}
