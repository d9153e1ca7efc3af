import type { DataDescription } from '../../../core/protocol/describe-data.ts'
import type { ConfigDraft } from '../../new/config-path.ts'
import type { SampleName } from '../../new/data-source.ts'
import { EMPTY_DRAFT, fitOf, reduceDraft, trainExamplesOf } from '../../new/draft.ts'
import { presetsFor } from '../../new/presets.ts'
import type { PresetName } from '../../new/presets.ts'

/** A run's config on a sample, as the new-panda dialog would make it. */
export interface SampleBase {
  readonly config: ConfigDraft
  readonly preset: PresetName
  /** The networks that suit the data, simplest first. */
  readonly presets: readonly PresetName[]
  readonly trainExamples: number
}

/** `preset`: which network; one that does not suit the data, or none, gives the usual one. */
export function sampleBase(
  sample: SampleName,
  description: DataDescription,
  preset: PresetName | null,
): SampleBase {
  const empty = reduceDraft(EMPTY_DRAFT, {
    type: 'data-chosen',
    path: ['data', 'sample'],
    value: sample,
  })
  const usual = reduceDraft(empty, { type: 'described', description })
  const fit = fitOf(usual)
  const presets = fit === null ? [] : presetsFor(fit)
  const draft =
    preset !== null && presets.includes(preset)
      ? reduceDraft(usual, { type: 'preset-chosen', preset })
      : usual
  return {
    config: draft.config,
    preset: draft.preset ?? 'mlp',
    presets,
    trainExamples: trainExamplesOf(draft),
  }
}
