import type { StudyConfig, StudyEvent, StudySnapshot } from '../../../../core/protocol/study.ts'
import { createStudies } from '../../../../core/session/study/studies.ts'
import type { LiveStudy, OpenOptions, Studies } from '../../../../core/session/study/studies.ts'
import { onTestFinished } from 'vitest'
import { PLACES, SMALL, newBench } from '../harness.ts'
import type { Bench } from '../harness.ts'

const { threads: _threads, ...RUN } = SMALL

/** Twelve trials of the small run, two epochs each. */
export const STUDY = {
  seed: 3,
  run: RUN,
  space: {
    'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 0.1 },
    'network.layers.0.units': { type: 'integer', low: 4, high: 12 },
  },
  method: 'random',
  trials: 6,
  parallel: 2,
  budget: { epochs: 3 },
} as const

export interface StudyBench {
  readonly folder: string
  readonly bench: Bench
  readonly studies: Studies
  readonly events: StudyEvent[]
  create(settings?: object, name?: string): Promise<string>
  open(study: string, options?: Partial<OpenOptions>): Promise<LiveStudy>
  /** Opens it, runs it to its end and closes it. */
  runToEnd(study: string, options?: Partial<OpenOptions>): Promise<StudySnapshot>
  /** Resolves at the first event that fits. */
  until(fits: (event: StudyEvent) => boolean): Promise<StudyEvent>
}

export const isOver = (event: StudyEvent): boolean =>
  event.type === 'study-state' && event.state === 'done'

/** A fresh folder with the small data set and studies in it; gone after the test. */
export function newStudyBench(workerUrl = PLACES.workerUrl): StudyBench {
  const bench = newBench()
  const studies = createStudies({ dataDir: bench.folder, ...PLACES, workerUrl })
  onTestFinished(() => studies.close())
  const events: StudyEvent[] = []
  const waiting = new Set<(event: StudyEvent) => void>()
  const hear = (event: StudyEvent) => {
    events.push(event)
    for (const listener of waiting) listener(event)
  }
  const until: StudyBench['until'] = (fits) =>
    new Promise((resolve) => {
      const listener = (event: StudyEvent) => {
        if (!fits(event)) return
        waiting.delete(listener)
        resolve(event)
      }
      waiting.add(listener)
    })
  const open: StudyBench['open'] = (study, options = {}) =>
    studies.open(study, { onEvent: hear, ...options })
  return {
    folder: bench.folder,
    bench,
    studies,
    events,
    until,
    open,
    async create(settings = {}, name = 's') {
      const config = { ...STUDY, ...settings } as unknown as StudyConfig
      const { study } = await studies.create({ config, name, base: bench.folder })
      return study
    },
    async runToEnd(study, options) {
      const over = until(isOver)
      const live = await open(study, options)
      await live.call('resume')
      await over
      const end = await live.call('snapshot')
      await live.close()
      return end
    },
  }
}
