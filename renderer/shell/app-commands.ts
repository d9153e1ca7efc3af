import { computed } from 'vue'
import type { Ref } from 'vue'
import { useRunsStore } from '../stores/runs.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useStudiesStore } from '../stores/studies.ts'
import { useCommands } from './commands.ts'
import type { Command } from './commands.ts'
import { RUN_PAGES, STUDY_PAGES, addressOf, goTo } from './routing.ts'
import type { Route, RunPage, StudyPage } from './routing.ts'
import type { Theme } from './theme.ts'
import { useToasts } from './toasts.ts'

/** What a person calls each page of a run. */
export const PAGE_TITLES: { readonly [P in RunPage]: string } = {
  watch: 'Watch',
  vitals: 'Vitals',
  history: 'History',
  evaluate: 'Evaluate',
}

export const STUDY_TITLES: { readonly [P in StudyPage]: string } = {
  watch: 'Watch',
  parameters: 'Parameters',
}

const THEMES: readonly { readonly theme: Theme; readonly title: string }[] = [
  { theme: 'system', title: 'Theme: as the system' },
  { theme: 'light', title: 'Theme: light' },
  { theme: 'dark', title: 'Theme: dark' },
]

/** What the palette offers in every view: to go anywhere, a new panda, the theme, help. */
export function useAppCommands(route: Readonly<Ref<Route>>, openHelp: () => void): void {
  const runs = useRunsStore()
  const studies = useStudiesStore()
  const settings = useSettingsStore()
  const { say } = useToasts()

  const shown = computed(() => (route.value.view === 'run' ? route.value.run : null))

  /** What can't be read can't be gone to. */
  const readable = computed(() => (runs.runs ?? []).filter(({ ok }) => ok).map(({ run }) => run))

  async function setTheme(theme: Theme): Promise<void> {
    try {
      await settings.save({ theme })
    } catch (error) {
      say(
        `The theme was not kept: ${error instanceof Error ? error.message : String(error)}.`,
        'bad',
      )
    }
  }

  /** Each page of each run, but for the one that is on screen. */
  const goToRuns = computed<readonly Command[]>(() => {
    const here = addressOf(route.value)
    const places = readable.value.flatMap((run) =>
      RUN_PAGES.map((page, at) => ({ view: 'run' as const, run, page, key: String(at + 1) })),
    )
    return places
      .filter((place) => addressOf(place) !== here)
      .map(({ key, ...place }) => {
        const { run, page } = place
        const isShown = run === shown.value
        return {
          id: `go:${run}/${page}`,
          title: page === 'watch' && !isShown ? run : `${run}: ${PAGE_TITLES[page]}`,
          group: 'Go to' as const,
          isQuiet: page !== 'watch' && !isShown,
          ...(isShown ? { key } : {}),
          run: () => goTo(place),
        }
      })
  })

  /** Each study; of the one on screen its other page. */
  const goToStudies = computed<readonly Command[]>(() => {
    const here = addressOf(route.value)
    return (studies.studies ?? [])
      .filter(({ ok }) => ok)
      .flatMap(({ study }) => {
        const isShown = route.value.view === 'study' && route.value.study === study
        return STUDY_PAGES.map((page, at) => ({
          place: { view: 'study' as const, study, page },
          title:
            page === 'watch' && !isShown ? `Study ${study}` : `${study}: ${STUDY_TITLES[page]}`,
          isQuiet: page !== 'watch' && !isShown,
          ...(isShown ? { key: String(at + 1) } : {}),
        }))
      })
      .filter(({ place }) => addressOf(place) !== here)
      .map(({ place, ...command }) => ({
        ...command,
        id: `go:study/${place.study}/${place.page}`,
        group: 'Go to' as const,
        run: () => goTo(place),
      }))
  })

  const others = computed<readonly Command[]>(() => [
    { id: 'go:home', title: 'All runs', group: 'Go to', run: () => goTo({ view: 'home' }) },
    { id: 'go:settings', title: 'Settings', group: 'Go to', run: () => goTo({ view: 'settings' }) },
    { id: 'panda:new', title: 'New panda…', group: 'Panda', run: () => goTo({ view: 'new' }) },
    {
      id: 'panda:search',
      title: 'New search…',
      group: 'Panda',
      run: () => goTo({ view: 'search' }),
    },
    ...THEMES.filter(({ theme }) => theme !== settings.settings.theme).map(({ theme, title }) => ({
      id: `view:theme-${theme}`,
      title,
      group: 'View' as const,
      run: () => setTheme(theme),
    })),
    { id: 'panda:help', title: 'Keys and help', group: 'Panda', key: '?', run: openHelp },
  ])

  useCommands(() => [...goToRuns.value, ...goToStudies.value, ...others.value])
}
