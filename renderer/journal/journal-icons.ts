import {
  Ban,
  CalendarCheck,
  CalendarClock,
  Egg,
  History,
  Pause,
  Play,
  SlidersHorizontal,
  StickyNote,
  TriangleAlert,
  Undo2,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { JournalEntry } from '../../core/protocol/run.ts'

/** A small picture of each kind of line. The sentence says it in words. */
export const ICON_OF: { readonly [K in JournalEntry['kind']]: Component } = {
  created: Egg,
  started: Play,
  paused: Pause,
  nudge: SlidersHorizontal,
  planned: CalendarClock,
  'plan-dropped': Ban,
  day: CalendarCheck,
  rollback: History,
  undo: Undo2,
  alert: TriangleAlert,
  note: StickyNote,
}
