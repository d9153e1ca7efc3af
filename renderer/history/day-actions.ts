import { ChartLine, Copy, StickyNote, Undo2 } from '@lucide/vue'
import type { NoteSubject } from '../../core/protocol/run.ts'
import type { DayCard } from '../run/lineage.ts'
import type { MenuAction } from '../ui/ActionMenu.vue'
import { noteOn, targetOf } from './day-names.ts'
import type { RollbackTarget } from './rollback-target.ts'

interface DayDeeds {
  rollback(target: RollbackTarget): void
  compare(card: DayCard): void
  note(subject: NoteSubject): void
  duplicate(target: string): void
}

/** What can be done with a closed day, wherever it is shown. */
export function actionsOf(card: DayCard, deeds: DayDeeds): readonly MenuAction[] {
  return [
    { label: 'Roll back to this day…', icon: Undo2, run: () => deeds.rollback(targetOf(card)) },
    ...(card.day > 0
      ? [{ label: 'Compare', icon: ChartLine, run: () => deeds.compare(card) }]
      : []),
    { label: 'Note…', icon: StickyNote, run: () => deeds.note(noteOn(card)) },
    { label: 'Second panda from here', icon: Copy, run: () => deeds.duplicate(card.target) },
  ]
}
