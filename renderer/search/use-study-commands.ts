import { useEventListener } from '@vueuse/core'
import { useCommands } from '../shell/commands.ts'
import { goTo } from '../shell/routing.ts'
import type { StudyPage } from '../shell/routing.ts'
import { isOnControl, isTyping } from '../shell/shortcuts.ts'
import type { useStudyStore } from '../stores/study.ts'
import type { useStudyDeeds } from './use-study-deeds.ts'

interface StudyTargets {
  readonly store: ReturnType<typeof useStudyStore>
  readonly deeds: ReturnType<typeof useStudyDeeds>
  readonly goToPage: (page: StudyPage) => void
}

/** What the study on screen offers in the palette. */
export function useStudyCommands({ store, deeds }: StudyTargets): void {
  const open = (which: NonNullable<typeof deeds.dialog.value>) => () => {
    deeds.dialog.value = which
  }
  useCommands(() => {
    const now = store.calm
    if (now === null) return []
    const of = { group: 'Study' as const }
    const toggle = {
      ...of,
      id: 'study:toggle',
      title: store.isRunning ? 'Pause the search' : 'Go on with the search',
      key: 'Space',
      run: store.toggle,
    }
    return [
      ...(now.state === 'done' ? [] : [toggle]),
      {
        ...of,
        id: 'study:adopt',
        title: 'Adopt the best trial…',
        key: 'A',
        isDisabled: now.best === null,
        run: deeds.adoptBest,
      },
      { ...of, id: 'study:add', title: 'Add trials…', run: open('add-trials') },
      { ...of, id: 'study:space', title: 'Change the space…', run: open('change-space') },
      { ...of, id: 'study:csv', title: 'Export trials as CSV', run: deeds.exportCsv },
      { ...of, id: 'study:config', title: 'Copy the config as JSON', run: deeds.copyConfig },
      { ...of, id: 'study:file', title: 'Show the file', run: deeds.showFile },
      { ...of, id: 'study:rename', title: 'Rename the study…', run: open('rename') },
      { ...of, id: 'study:delete', title: 'Delete the study…', run: open('delete') },
    ]
  })
}

/** The single keys of the study view. */
export function useStudyKeys({ store, deeds, goToPage }: StudyTargets): void {
  function escape() {
    if (store.selected === null) goTo({ view: 'home' })
    else store.selected = null
  }
  const keys: { readonly [key: string]: () => unknown } = {
    ' ': () => (store.calm?.state === 'done' ? undefined : store.toggle()),
    a: deeds.adoptBest,
    '1': () => goToPage('watch'),
    '2': () => goToPage('parameters'),
    Escape: escape,
  }
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.repeat || event.defaultPrevented || isTyping(event)) return
    if (event.key === ' ' && isOnControl(event)) return
    if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (act === undefined || store.calm === null) return
    event.preventDefault()
    void act()
  })
}
