import type { StudySummary } from '../../core/protocol/study.ts'
import { fitsName } from './run-groups.ts'

/** Those that search come first, those that can't be read last. */
const placeOf = (summary: StudySummary): number =>
  !summary.ok ? 2 : summary.state === 'running' ? 0 : 1

const bornAt = (summary: StudySummary): number => (summary.ok ? summary.createdAt : 0)

/** The studies whose name has every word of `filter`, the newest first: nothing moves while trials end. */
export const groupStudies = (
  studies: readonly StudySummary[],
  filter: string,
): readonly StudySummary[] =>
  studies
    .filter(({ study }) => fitsName(study, filter))
    .toSorted(
      (a, b) =>
        placeOf(a) - placeOf(b) ||
        bornAt(b) - bornAt(a) ||
        a.study.localeCompare(b.study, undefined, { numeric: true }),
    )
