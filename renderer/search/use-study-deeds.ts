import { ref } from 'vue'
import { trialsToCsv } from '../../core/search/trials-csv.ts'
import { useLink } from '../link/link.ts'
import { showFile } from '../home/show-file.ts'
import { goTo } from '../shell/routing.ts'
import { useToasts } from '../shell/toasts.ts'
import type { useStudyStore } from '../stores/study.ts'
import { download, fileNameOf } from '../ui/download.ts'
import { plural } from './trial-words.ts'

/** The dialog about the study as a whole that is open. */
export type StudyDialog = 'add-trials' | 'change-space' | 'rename' | 'delete'

/** What a person can do to the study on screen. */
export function useStudyDeeds(store: ReturnType<typeof useStudyStore>) {
  const link = useLink()
  const { say } = useToasts()
  const dialog = ref<StudyDialog | null>(null)
  /** The trial that is to become a run. */
  const adopting = ref<number | null>(null)

  function adoptBest(): void {
    adopting.value = store.snapshot?.best ?? null
  }

  /** Goes to the run, and trains it where that was asked for. */
  async function adopted(run: string, trains: boolean): Promise<void> {
    adopting.value = null
    goTo({ view: 'run', run, page: 'watch' })
    if (!trains) return
    try {
      await link.call('run:train', run, null)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      say(`${run} is there, but does not train: ${why}.`, 'bad')
    }
  }

  async function cancel(trial: number): Promise<void> {
    if (await store.cancel(trial)) {
      say(`Trial ${trial} is cancelled. What it recorded stays.`, 'calm')
    }
  }

  function exportCsv(): void {
    const { snapshot } = store
    if (snapshot === null) return
    const blob = new Blob([`${trialsToCsv(snapshot)}\n`], { type: 'text/csv' })
    download(`${fileNameOf(snapshot.study)}-trials.csv`, blob)
    store.notice = `${plural(snapshot.trials.length, 'trial')} written as CSV.`
  }

  async function copyConfig(): Promise<void> {
    const { snapshot } = store
    if (snapshot === null) return
    const text = JSON.stringify(snapshot.config, null, 2)
    try {
      await navigator.clipboard.writeText(text)
      say('The config is on your clipboard.', 'good')
    } catch {
      // Not allowed here (no focus, no permission): a file does as well.
      download(`${fileNameOf(snapshot.study)}.json`, new Blob([text], { type: 'application/json' }))
      say('The clipboard can’t be reached from here: the config was saved as a file.')
    }
  }

  function showTheFile(): void {
    if (store.snapshot !== null) void showFile(store.snapshot.file)
  }

  return {
    dialog,
    adopting,
    adoptBest,
    adopted,
    cancel,
    exportCsv,
    copyConfig,
    showFile: showTheFile,
  }
}
