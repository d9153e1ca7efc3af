import type { StudyInsight, StudySnapshot } from '../../../core/protocol/study.ts'

/**
 * The paths of a study's space in the order in which they are shown: the most important first where that is
 * known, else, and for those of which it is not known, in the order of the space.
 */
export function orderedPaths(
  snapshot: Pick<StudySnapshot, 'config'>,
  insight: Pick<StudyInsight, 'importance'> | null,
): readonly string[] {
  const paths = Object.keys(snapshot.config.space)
  const ranked = (insight?.importance ?? []).map(({ path }) => path)
  const known = new Set(paths)
  return [...new Set([...ranked.filter((path) => known.has(path)), ...paths])]
}
