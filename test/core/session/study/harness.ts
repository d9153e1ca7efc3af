import { wordsOf } from '../../../../core/protocol/study.ts'
import type { AdoptReply, StudyEvent, StudySnapshot } from '../../../../core/protocol/study.ts'
import type { SearchSpace } from '../../../../core/protocol/space.ts'
import type { CallHandlers } from '../../../../core/protocol/contract.ts'
import { createHost } from '../../../../core/session/host.ts'
import type { Host, HostOptions } from '../../../../core/session/host.ts'
import { StudiesFolder } from '../../../../core/session/study/studies-folder.ts'
import { describeStudy } from '../../../../core/session/study/study-snapshot.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { PLACES, SMALL, afterwards, newBench } from '../harness.ts'
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

/** How a study is run. */
export interface OpenOptions {
  readonly parallel?: number
}

/** A study as tests ask it: by the words of its own thread, through the host. */
export interface OpenStudy {
  call(name: 'resume' | 'pause'): Promise<null>
  call(name: 'snapshot'): Promise<StudySnapshot>
  call(name: 'cancel' | 'addTrials', number: number): Promise<null>
  call(name: 'changeSpace', space: SearchSpace): Promise<null>
  /** Pauses it, where it runs. */
  close(): Promise<void>
}

export interface StudyBench {
  readonly folder: string
  readonly bench: Bench
  readonly host: Host
  readonly calls: CallHandlers
  readonly studies: {
    /** A study as its file has it. */
    show(reference: string): StudySnapshot
    adopt(
      reference: string,
      trial: number | 'best',
      options: { readonly name?: string; readonly fromScratch: boolean },
    ): Promise<AdoptReply>
  }
  readonly events: StudyEvent[]
  create(settings?: object, name?: string): Promise<string>
  open(study: string, options?: OpenOptions): Promise<OpenStudy>
  /** Runs it to its end. */
  runToEnd(study: string, options?: OpenOptions): Promise<StudySnapshot>
  /** Resolves at the first event that fits. */
  until(fits: (event: StudyEvent) => boolean): Promise<StudyEvent>
  /** Another host on the same folder, as a terminal beside a window is. */
  another(): Host
}

export const isOver = (event: StudyEvent): boolean =>
  event.type === 'study-state' && event.state === 'done'

/** A fresh folder with the small data set and a host for its studies; gone after the test. */
export function newStudyBench(
  workerUrl = PLACES.workerUrl,
  settings: Partial<HostOptions> = {},
): StudyBench {
  const bench = newBench()
  const another = () => {
    const host = createHost({ dataDir: bench.folder, ...PLACES, workerUrl, ...settings })
    afterwards(() => host.close())
    return host
  }
  const host = another()
  const calls = host.handlers
  const events: StudyEvent[] = []
  host.on('study:event', ({ event }) => events.push(...wordsOf(event)))
  const until: StudyBench['until'] = (fits) =>
    new Promise((resolve) => {
      const off = host.on('study:event', ({ event }) => {
        const word = wordsOf(event).find(fits)
        if (word === undefined) return
        off()
        resolve(word)
      })
    })
  const show = (reference: string) => {
    const { study, file } = new StudiesFolder(bench.folder).find(reference)
    const db = openForReading(file, { ...PLACES, kind: 'study' })
    try {
      return describeStudy(db, study)
    } finally {
      closeRun(db)
    }
  }
  const open: StudyBench['open'] = (study, options = {}) => {
    const asked = {
      snapshot: () => calls['study:show'](study),
      resume: () => calls['study:resume'](study, options),
      pause: () => calls['study:pause'](study),
      cancel: (trial: number) => calls['study:cancel'](study, trial),
      addTrials: (count: number) => calls['study:add-trials'](study, count),
      changeSpace: (space: SearchSpace) => calls['study:change-space'](study, space),
    }
    const call = (name: keyof typeof asked, given?: unknown) => asked[name](given as never)
    const close = async () => void (await calls['study:pause'](study))
    return Promise.resolve({ call, close } as OpenStudy)
  }
  return {
    folder: bench.folder,
    bench,
    host,
    calls,
    another,
    studies: {
      show,
      adopt: async (reference, trial, { name, fromScratch }) =>
        calls['study:adopt'](reference, {
          trial,
          ...(name !== undefined && { name }),
          from_scratch: fromScratch,
        }),
    },
    events,
    until,
    open,
    async create(settings = {}, name = 's') {
      const config = { ...STUDY, ...settings }
      const { study } = await calls['study:create']({ config, name, base: bench.folder })
      return study
    },
    async runToEnd(study, options) {
      const over = until(isOver)
      const live = await open(study, options)
      await live.call('resume')
      await over
      return await live.call('snapshot')
    },
  }
}
