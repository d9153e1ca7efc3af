import { computed, onScopeDispose, shallowReactive } from 'vue'
import type { ComputedRef } from 'vue'

export const COMMAND_GROUPS = ['Run', 'Study', 'Go to', 'View', 'Panda'] as const

/** One thing that the command palette offers. */
export interface Command {
  /** The same from one opening to the next: recent commands are remembered by it. */
  readonly id: string
  readonly title: string
  readonly group: (typeof COMMAND_GROUPS)[number]
  /** The key that does the same. */
  readonly key?: string
  readonly isDisabled?: boolean
  /** Found by typing, not listed before: there would be too many. */
  readonly isQuiet?: boolean
  readonly run: () => unknown
}

type Source = () => readonly Command[]

/** What offers commands now, in the order it came. One palette per page, so one list per page. */
const sources = shallowReactive(new Set<Source>())

/** Offers commands in the palette for as long as the caller's scope lives. `source` may read reactive state. */
export function useCommands(source: Source): void {
  sources.add(source)
  onScopeDispose(() => sources.delete(source))
}

/** Everything on offer now; where two have one id, the first. */
export function useOfferedCommands(): ComputedRef<readonly Command[]> {
  return computed(() => {
    const byId = new Map<string, Command>()
    for (const source of sources) {
      for (const command of source()) if (!byId.has(command.id)) byId.set(command.id, command)
    }
    return [...byId.values()]
  })
}
