import type { Reading } from '../../core/protocol/hyperparameters.ts'

/** One value of a knob, with every reading that has it. */
export interface ReadingGroup {
  readonly label: string
  readonly value: number
  /** Not what holds now: worth a look. */
  readonly differs: boolean
}

/** The three readings in one line: what is equal is said once. */
export function groupReadings({ requested, inForce, scheduled }: Reading): readonly ReadingGroup[] {
  const groups: ReadingGroup[] = []
  const rows = [
    ['requested', requested],
    ['in force', inForce],
    ['after schedule', scheduled],
  ] as const
  for (const [label, value] of rows) {
    const last = groups.at(-1)
    if (last?.value === value)
      groups[groups.length - 1] = { ...last, label: `${last.label}, ${label}` }
    else groups.push({ label, value, differs: value !== inForce })
  }
  return groups
}
