import { computed, onScopeDispose, watch } from 'vue'
import type { Ref } from 'vue'
import type { Feeds } from '../../core/protocol/contract.ts'
import { useLink } from '../link/link.ts'
import { useRunsStore } from '../stores/runs.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { catchUp } from './missed.ts'
import { hear, reach } from './news.ts'
import type { HeardOfRuns, News } from './news.ts'
import { goTo } from './routing.ts'
import type { Route } from './routing.ts'
import { useToasts } from './toasts.ts'

/** What the system says to notifications; `unsupported` where the browser has none. */
export const desktopPermission = (): NotificationPermission | 'unsupported' =>
  'Notification' in globalThis ? Notification.permission : 'unsupported'

/** One notification of the system's. `go`: what a click on it does. */
export function showOnDesktop({ run, kind, text }: News, go: () => void): void {
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
  const runs = useRunsStore()
  const { say, dismissAbout } = useToasts()
  const shownRun = computed(() => (route.value.view === 'run' ? route.value.run : null))
  let heardSoFar: HeardOfRuns = new Map()

  function tell(news: News): void {
    const { run } = news
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
  }

  function take({ run, event }: Feeds['run:event']): void {
    const { heard, news } = hear(heardSoFar, run, event)
    heardSoFar = heard
    if (news !== null) tell(news)
  }

  /** What came while it is looked up what was missed: of that some may be told already. Null: nothing is. */
  let waiting: Feeds['run:event'][] | null = null
  const stop = link.on('run:event', (heard) => {
    if (waiting === null) take(heard)
    else waiting.push(heard)
  })

  async function tellWhatWasMissed(): Promise<void> {
    const before = runs.runs
    waiting ??= []
    await runs.refresh()
    if (before !== null && runs.runs !== null && runs.failure === null) {
      const { heard, news } = catchUp(heardSoFar, before, runs.runs)
      heardSoFar = heard
      news.forEach(tell)
    }
    const late = waiting ?? []
    waiting = null
    late.forEach(take)
  }
  const stopCatchingUp = link.onReconnected(() => void tellWhatWasMissed())

  onScopeDispose(() => {
    stop()
    stopCatchingUp()
  })
  // Who goes to the run sees it there.
  watch(shownRun, (run) => {
    if (run !== null) dismissAbout(`${run}:`)
  })
}
