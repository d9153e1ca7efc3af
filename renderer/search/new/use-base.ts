import { shallowRef } from 'vue'
import { PandaError, toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import { useLink } from '../../link/link.ts'
import type { ConfigDraft } from '../../new/config-path.ts'
import { describeRequestOf } from '../../new/data-source.ts'
import type { SampleName } from '../../new/data-source.ts'
import { trainExamplesOf, EMPTY_DRAFT } from '../../new/draft.ts'
import type { PresetName } from '../../new/presets.ts'
import { readGiven } from './read-file.ts'
import { sampleBase } from './sample-config.ts'
import type { StudyDraftEvent } from './study-draft.ts'

export type BaseState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly what: string }
  | { readonly kind: 'failed'; readonly error: WireError }

/** Gets the config of the trials from where it is. Of two questions the answer to the later one counts. */
export function useBase(change: (event: StudyDraftEvent) => void) {
  const link = useLink()
  const state = shallowRef<BaseState>({ kind: 'idle' })
  /** The networks that suit the sample that was chosen. */
  const presets = shallowRef<readonly PresetName[]>([])
  let asking = 0

  async function get(what: string, work: () => Promise<StudyDraftEvent>): Promise<boolean> {
    const mine = ++asking
    state.value = { kind: 'reading', what }
    try {
      const event = await work()
      if (mine !== asking) return false
      change(event)
      state.value = { kind: 'idle' }
      return true
    } catch (error) {
      if (mine === asking) state.value = { kind: 'failed', error: toWireError(error) }
      return false
    }
  }

  const chooseSample = (sample: SampleName, preset: PresetName | null = null) =>
    get('the data', async () => {
      const description = await link.call('data:describe', { data: { sample } })
      const base = sampleBase(sample, description, preset)
      presets.value = base.presets
      return {
        type: 'base-chosen',
        origin: { kind: 'sample', sample, preset: base.preset },
        run: base.config,
        trainExamples: base.trainExamples,
      }
    })

  const chooseRun = (run: string) =>
    get(`the run ${run}`, async () => {
      const { facts } = await link.call('run:show', run)
      return {
        type: 'base-chosen',
        origin: { kind: 'run', run: facts.run },
        run: facts.config,
        trainExamples: facts.trainExamples,
      }
    })

  /** Of data that can't be looked at nobody knows how many examples it has; whoever starts the search is told why. */
  async function countExamples(
    config: ConfigDraft,
    place: { readonly base?: string },
  ): Promise<number | null> {
    const request = describeRequestOf(config)
    if (request === null) return null
    try {
      const description = await link.call('data:describe', { ...request, ...place })
      return trainExamplesOf({ ...EMPTY_DRAFT, config, description })
    } catch (error) {
      if (error instanceof PandaError) return null
      throw error
    }
  }

  const takeText = (text: string, file: string) =>
    get(file, async () => {
      const given = readGiven(text)
      const origin = { kind: 'file', file } as const
      if (given.kind === 'study') return { type: 'study-given', origin, config: given.config }
      return { type: 'base-chosen', origin, run: given.config, trainExamples: null }
    })

  /** Drops what is on its way. */
  function forget(): void {
    asking += 1
    presets.value = []
    state.value = { kind: 'idle' }
  }

  return { state, presets, chooseSample, chooseRun, takeText, countExamples, forget }
}
