import { computed, onScopeDispose, watch } from 'vue'
import type { Ref } from 'vue'
import { useLink } from '../link/link.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { hear, reach } from './news.ts'
import type { HeardOfRuns, News } from './news.ts'
import { goTo } from './routing.ts'
import type { Route } from './routing.ts'
import { useToasts } from './toasts.ts'

/** What the system says to notifications; `unsupported` where the browser has none. */
export const desktopPermission = (): NotificationPermission | 'unsupported' =>
  'Notification' in globalThis ? Notification.permission : 'unsupported'

function showOnDesktop({ run, kind, text }: News, go: () => void): void {
  // Of one kind about one run the newest replaces the others.
  const shown = new Notification(run, { body: text, tag: `panda:${run}:${kind}` })
  shown.addEventListener('click', () => {
    if (window.panda === undefined) window.focus()
    else window.panda.focusWindow()
    go()
    shown.close()
  })
}

/** Tells news of every run, in the corner and, if switched on, on the desktop. */
export function useNotifications(route: Readonly<Ref<Route>>): void {
  const link = useLink()
  const settings = useSettingsStore()
  const { say, dismissAbout } = useToasts()
  const shownRun = computed(() => (route.value.view === 'run' ? route.value.run : null))
  let heardSoFar: HeardOfRuns = new Map()

  const stop = link.on('run:event', ({ run, event }) => {
    const { heard, news } = hear(heardSoFar, run, event)
    heardSoFar = heard
    if (news === null) return
    const shown = shownRun.value
    const { toast, desktop } = reach(news, {
      wanted: settings.settings.notifications,
      shown,
      isPageVisible: document.visibilityState === 'visible',
      isPermitted: desktopPermission() === 'granted',
    })
    const go = () => goTo({ view: 'run', run, page: 'watch' })
    if (toast) {
      const action = run === shown ? undefined : { label: 'Look', run: go }
      say(`${run}: ${news.text}`, news.tone, action, `${run}:${news.kind}`)
    }
    if (desktop) showOnDesktop(news, go)
  })
  onScopeDispose(stop)
  // Who goes to the run sees it there.
  watch(shownRun, (run) => {
    if (run !== null) dismissAbout(`${run}:`)
  })
}
