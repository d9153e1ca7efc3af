import { mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { PandaError } from '../errors.ts'
import { watchFolder } from './watch-folder.ts'

export const EXTENSION = '.panda'

export interface RunPlace {
  /** The name, where the file lies in the folder of runs; else its path. */
  readonly run: string
  /** Absolute, links resolved. */
  readonly file: string
}

const isPath = (reference: string): boolean =>
  reference.endsWith(EXTENSION) || reference.includes('/') || reference.includes(path.sep)

/** The folder where runs live, and how references to runs are understood. */
export class RunsFolder {
  readonly folder: string

  /** Makes the folder if it is not there. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.folder = realpathSync(folder)
  }

  fileOf(name: string): string {
    return path.join(this.folder, name + EXTENSION)
  }

  /** Every run in the folder, by name. */
  list(): readonly RunPlace[] {
    return readdirSync(this.folder)
      .filter((entry) => entry.endsWith(EXTENSION))
      .toSorted()
      .map((entry) => ({
        run: entry.slice(0, -EXTENSION.length),
        file: path.join(this.folder, entry),
      }))
  }

  /** The run that a name, a unique prefix or a path means. Throws `session/no-such-run` or `session/ambiguous-run`. */
  find(reference: string): RunPlace {
    if (isPath(reference)) return this.#byPath(reference)
    const runs = this.list()
    const exact = runs.find(({ run }) => run === reference)
    if (exact !== undefined) return exact
    const candidates = runs.filter(({ run }) => run.startsWith(reference))
    const [only] = candidates
    if (only !== undefined && candidates.length === 1) return only
    if (only === undefined) {
      throw new PandaError(
        'session/no-such-run',
        `there is no run "${reference}" in ${this.folder}`,
        runs.length === 0 ? 'Create one with panda new CONFIG.json.' : 'panda ls lists the runs.',
      )
    }
    throw new PandaError(
      'session/ambiguous-run',
      `"${reference}" could be ${candidates.map(({ run }) => run).join(', ')}`,
      'Type more of the name.',
    )
  }

  #byPath(reference: string): RunPlace {
    const absolute = path.resolve(reference)
    if (statSync(absolute, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new PandaError('session/no-such-run', `there is no file ${absolute}`, null)
    }
    const file = realpathSync(absolute)
    const isHere = path.dirname(file) === this.folder && file.endsWith(EXTENSION)
    return { run: isHere ? path.basename(file, EXTENSION) : file, file }
  }

  /** Calls `changed` when a run comes, goes, or is taken into care by another process. */
  watch(changed: () => void): () => void {
    return watchFolder(this.folder, EXTENSION, changed)
  }
}
