import { existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { PandaError } from '../../errors.ts'
import { watchFolder } from '../watch-folder.ts'

export const EXTENSION = '.study'

export interface StudyPlace {
  /** The name, where the file lies in the folder; else its path. */
  readonly study: string
  /** Absolute, links resolved. */
  readonly file: string
}

/** The folder where studies live, beside the runs, and how references to them are understood. */
export class StudiesFolder {
  readonly folder: string

  /** Makes the folder if it is not there. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.folder = realpathSync(folder)
  }

  fileOf(name: string): string {
    return path.join(this.folder, name + EXTENSION)
  }

  /** Every study in the folder, by name. */
  list(): readonly StudyPlace[] {
    return readdirSync(this.folder)
      .filter((entry) => entry.endsWith(EXTENSION))
      .toSorted()
      .map((entry) => ({
        study: entry.slice(0, -EXTENSION.length),
        file: path.join(this.folder, entry),
      }))
  }

  /**
   * The study that a name, a unique prefix or a path means; `NAME.study` is a file where one is told to look
   * for it, else the study of that name. Throws `session/no-such-study`.
   */
  find(reference: string): StudyPlace {
    if (/[/\\]/.test(reference)) return this.#byPath(reference)
    if (reference.endsWith(EXTENSION)) {
      const isHere = existsSync(path.join(this.folder, reference))
      return this.#byPath(
        !isThere(reference) && isHere ? path.join(this.folder, reference) : reference,
      )
    }
    const studies = this.list()
    const exact = studies.find(({ study }) => study === reference)
    if (exact !== undefined) return exact
    const candidates = studies.filter(({ study }) => study.startsWith(reference))
    const [only] = candidates
    if (only !== undefined && candidates.length === 1) return only
    if (only === undefined) {
      const remedy = 'Begin one with panda search CONFIG.json.'
      throw noSuchStudy(`there is no study "${reference}" in ${this.folder}`, remedy)
    }
    const names = candidates.map(({ study }) => study).join(', ')
    throw noSuchStudy(`"${reference}" could be ${names}`, 'Type more of the name.')
  }

  #byPath(reference: string): StudyPlace {
    const absolute = path.resolve(reference)
    if (!isThere(absolute)) throw noSuchStudy(`there is no file ${absolute}`, null)
    const file = realpathSync(absolute)
    const isHere = path.dirname(file) === this.folder && file.endsWith(EXTENSION)
    return { study: isHere ? path.basename(file, EXTENSION) : file, file }
  }

  /** Calls `changed` when a study comes, goes, or is taken into care by another process. */
  watch(changed: () => void): () => void {
    return watchFolder(this.folder, EXTENSION, changed)
  }
}

const noSuchStudy = (message: string, remedy: string | null) =>
  new PandaError('session/no-such-study', message, remedy)

const isThere = (file: string): boolean =>
  statSync(file, { throwIfNoEntry: false })?.isFile() === true
