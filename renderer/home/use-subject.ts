import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useLink } from '../link/link.ts'
import { useRunsStore } from '../stores/runs.ts'
import { useStudiesStore } from '../stores/studies.ts'
import { formatCount } from '../ui/format.ts'

/** The file that a dialog is about: a run's, or a study's. */
export interface Subject {
  readonly kind: 'run' | 'study'
  readonly name: string
}

/** What differs between files of the two kinds: what is taken, what is asked of the host, what would be lost. */
export function useSubject(
  given: () => {
    readonly run?: string | null | undefined
    readonly study?: string | null | undefined
  },
): {
  readonly subject: ComputedRef<Subject | null>
  /** Names of all files of its kind. */
  readonly names: ComputedRef<readonly string[]>
  readonly file: ComputedRef<string | null>
  /** What goes with it, as in "its 3 days, 900 steps of training". */
  readonly loss: ComputedRef<string>
  /** Answers the name it has then. */
  readonly rename: (subject: Subject, name: string) => Promise<string>
  readonly remove: (subject: Subject) => Promise<unknown>
} {
  const link = useLink()
  const runs = useRunsStore()
  const studies = useStudiesStore()

  const subject = computed<Subject | null>(() => {
    const { run = null, study = null } = given()
    if (run !== null) return { kind: 'run', name: run }
    return study === null ? null : { kind: 'study', name: study }
  })
  const names = computed(() => (subject.value?.kind === 'study' ? studies.names : runs.names))
  const runLine = computed(() => runs.runs?.find(({ run }) => run === subject.value?.name))
  const studyLine = computed(() =>
    studies.studies?.find(({ study }) => study === subject.value?.name),
  )

  const file = computed(() => {
    const line = subject.value?.kind === 'study' ? studyLine.value : runLine.value
    return line?.file ?? null
  })
  const lossOfRun = computed(() => {
    const line = runLine.value
    if (line === undefined || !line.ok || line.step === 0) return 'the run'
    const days = line.day <= 1 ? 'its first day' : `its ${formatCount(line.day)} days`
    return `${days}, ${formatCount(line.step)} steps of training, its journal and its checkpoints`
  })
  const lossOfStudy = computed(() => {
    const line = studyLine.value
    if (line === undefined || !line.ok || line.ended === 0) return 'the study'
    if (line.ended === 1) return 'its trial, with its curve and its weights'
    return `its ${formatCount(line.ended)} trials, with their curves and weights`
  })

  return {
    subject,
    names,
    file,
    loss: computed(() => (subject.value?.kind === 'study' ? lossOfStudy : lossOfRun).value),
    rename: async ({ kind, name }, to) =>
      kind === 'study'
        ? (await link.call('study:rename', name, to)).study
        : (await link.call('run:rename', name, to)).run,
    remove: ({ kind, name }) =>
      kind === 'study' ? link.call('study:delete', name) : link.call('run:delete', name),
  }
}
