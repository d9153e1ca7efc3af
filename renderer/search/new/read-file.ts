import { PandaError } from '../../../core/errors.ts'
import { studyConfig } from '../../../core/protocol/study.ts'
import { findStudyFault } from '../../../core/protocol/study-fault.ts'
import type { StudyConfig } from '../../../core/protocol/study.ts'
import type { ConfigDraft } from '../../new/config-path.ts'
import { jsonFaultOf } from '../../new/json-fault.ts'

/** What a JSON text holds: a whole search, or the config of one run. */
export type Given =
  | { readonly kind: 'study'; readonly config: StudyConfig }
  | { readonly kind: 'run'; readonly config: ConfigDraft }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (message: string, remedy: string) =>
  new PandaError('config/invalid', message, remedy)

/** Throws `config/invalid` with what is wrong with it, and where. */
export function readGiven(text: string): Given {
  const fault = jsonFaultOf(text)
  if (fault !== null) throw invalid(fault, 'Mend it there, and take it again.')
  const value = JSON.parse(text) as unknown
  if (!isObject(value)) throw invalid('a config is an object: { … }', 'Give one in braces.')
  // Of a run's config none has a space; of a study's, one without it is a study that lacks it.
  if (!('run' in value) && !('space' in value)) {
    if (!('network' in value) && !('data' in value)) {
      throw invalid(
        'this is neither a search nor the config of a run',
        'A search has run and space, a run has data and network.',
      )
    }
    return { kind: 'run', config: value }
  }
  const wrong = findStudyFault(value)
  if (wrong !== null) throw invalid(wrong.message, wrong.remedy)
  return { kind: 'study', config: studyConfig.parse(value) }
}
