import type { StudySnapshot } from '../protocol/study.ts'

type Tried = Pick<StudySnapshot, 'config' | 'trials'>

/** Every path that a trial of the study has a value for, in the order of the study's space. */
export const pathsIn = ({ config, trials }: Tried): readonly string[] => [
  ...new Set([...Object.keys(config.space), ...trials.flatMap(({ point }) => Object.keys(point))]),
]

/** The last parts of paths, as many as it takes to tell them apart. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const tail = (path: string, parts: number) => path.split('.').slice(-parts).join('.')
  const nameOf = (path: string) => {
    let parts = 1
    while (paths.some((other) => other !== path && tail(other, parts) === tail(path, parts)))
      parts++
    return tail(path, parts)
  }
  return new Map(paths.map((path) => [path, nameOf(path)]))
}
