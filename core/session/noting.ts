import { PandaError } from '../errors.ts'
import type { BranchId, NoteSubject } from '../protocol/run.ts'
import { listBranches } from '../store/branches.ts'
import { lineageDays } from '../store/days.ts'
import type { ReadableDb } from '../store/db.ts'

/** Where a run is now, as far as a note can be about it. */
export interface Head {
  readonly branch: BranchId
  readonly step: number
  /** The open day. */
  readonly day: number
}

/**
 * A note's text and subject as they are journaled. Throws `session/invalid-value` for a blank text, and
 * `session/no-such-target` for a day, branch or step that is not there.
 */
export function checkedNote(
  db: ReadableDb,
  head: Head,
  text: string,
  about?: { readonly kind: NoteSubject['kind']; readonly branch: string } & object,
): { readonly text: string; readonly about?: NoteSubject } {
  const words = text.trim()
  if (words === '') {
    throw new PandaError('session/invalid-value', 'the note is empty', 'Write what you saw.')
  }
  if (about === undefined) return { text: words }
  const subject = about as NoteSubject
  const branch = listBranches(db).find((candidate) => candidate.branch === subject.branch)
  if (branch === undefined) throw noSuch(`there is no branch ${subject.branch}`, null)
  if (subject.kind === 'point') {
    const tip = branch.branch === head.branch ? Math.max(head.step, branch.tipStep) : branch.tipStep
    if (subject.step > tip) {
      throw noSuch(`branch ${branch.branch} has no step ${subject.step}`, `Its last is ${tip}.`)
    }
  } else {
    const isOpenDay = branch.branch === head.branch && subject.day === head.day
    const days = lineageDays(db, branch.branch).map(({ day }) => day)
    if (subject.day !== 0 && !isOpenDay && !days.includes(subject.day)) {
      throw noSuch(
        `branch ${branch.branch} has no day ${subject.day}`,
        'panda days RUN lists them.',
      )
    }
  }
  return { text: words, about: subject }
}

const noSuch = (message: string, remedy: string | null) =>
  new PandaError('session/no-such-target', message, remedy)
