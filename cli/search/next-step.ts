import type { StudySnapshot } from '../../core/protocol/study.ts'

/** A name as it is typed: in quotes where it holds a space. */
export const asWord = (name: string): string => (name.includes(' ') ? `"${name}"` : name)

/** The command that takes a study which has ended half as far again; null where it takes no more trials. */
export function moreTrials({
  study,
  config,
}: Pick<StudySnapshot, 'study' | 'config'>): string | null {
  if (config.method === 'population') return null
  return `panda search ${asWord(study)} --trials ${Math.ceil(config.trials * 1.5)}`
}
