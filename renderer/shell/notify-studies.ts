import { computed, onScopeDispose, watch } from 'vue'
import type { Ref } from 'vue'
import { wordsOf } from '../../core/protocol/study.ts'
import { useLink } from '../link/link.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useStudiesStore } from '../stores/studies.ts'
import { reach } from './news.ts'
import type { News } from './news.ts'
import { desktopPermission, showOnDesktop } from './notify.ts'
import { goTo } from './routing.ts'
import type { Route } from './routing.ts'
import { hearTrial, newsBetween } from './study-news.ts'
import type { LostTrials } from './study-news.ts'
import { useToasts } from './toasts.ts'

/** Told from news of runs, which may have the same names. */
const topicOf = (study: string) => `study/${study}:`

/** Tells news of every study, in the corner and, if switched on, on the desktop. */
export function useStudyNotifications(route: Readonly<Ref<Route>>): void {
  const link = useLink()
  const settings = useSettingsStore()
  const studies = useStudiesStore()
  const { say, dismissAbout } = useToasts()
  const shown = computed(() => (route.value.view === 'study' ? route.value.study : null))

  function tell(news: News): void {
    const { run: study, kind, text, tone } = news
    const { toast, desktop } = reach(news, {
      wanted: settings.settings.notifications,
      shown: shown.value,
      isPageVisible: document.visibilityState === 'visible',
      isPermitted: desktopPermission() === 'granted',
    })
    const go = () => goTo({ view: 'study', study, page: 'watch' })
    if (toast) {
      const action = study === shown.value ? undefined : { label: 'Look', run: go }
      say(`${study}: ${text}`, tone, action, `${topicOf(study)}${kind}`)
    }
    if (desktop) showOnDesktop(news, go)
  }

  let lostSoFar: LostTrials = new Map()
  const stop = link.on('study:event', ({ study, event }) => {
    for (const word of wordsOf(event)) {
      const { lost, news } = hearTrial(lostSoFar, study, word)
      lostSoFar = lost
      if (news !== null) tell(news)
    }
  })
  onScopeDispose(stop)
  watch(
    () => studies.studies,
    (after, before) => {
      if (before && after) newsBetween(before, after).forEach(tell)
    },
  )
  // Who goes to the study sees it there.
  watch(shown, (study) => {
    if (study !== null) dismissAbout(topicOf(study))
  })
}
