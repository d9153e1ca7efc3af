import { findConfigFaults } from '../../core/protocol/config-fault.ts'
import type { ConfigFault } from '../../core/protocol/config-fault.ts'
import { valueAt } from '../../core/protocol/config-schema.ts'
import { isWithin } from './config-path.ts'
import type { ConfigPath } from './config-path.ts'
import { formatCount } from '../ui/format.ts'
import type { Draft } from './draft.ts'
import type { ModelReading } from './model.ts'

export const STEPS = ['data', 'target', 'network', 'training', 'check'] as const
export type Step = (typeof STEPS)[number]

export const STEP_TITLES: { readonly [S in Step]: string } = {
  data: 'Data',
  target: 'What to predict',
  network: 'Network',
  training: 'Training',
  check: 'Check',
}

/** Something that must be put right before a run can be made, and where. */
export interface DraftFault {
  readonly step: Step
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly remedy: string | null
}

const TARGET_KEYS = ['label', 'dev', 'normalise', 'context']
const TARGET_PARTS = ['loss', 'class_weights', 'label_smoothing', 'huber_delta']

/** The step whose form shows the field at a path. */
function stepOf([part, key]: readonly PropertyKey[]): Step {
  if (part === 'data') return TARGET_KEYS.includes(String(key)) ? 'target' : 'data'
  if (part === 'network') return 'network'
  return TARGET_PARTS.includes(String(part)) ? 'target' : 'training'
}

const located = (fault: ConfigFault): DraftFault => ({ ...fault, step: stepOf(fault.path) })

/** What a table holds that no network can take: Panda refuses it when the run is made, so it is said now. */
function tableFaultsOf({ config, description }: Draft): readonly DraftFault[] {
  const label = valueAt(config, ['data', 'label'])
  const faults: DraftFault[] = []
  for (const { name, kind, blank } of description?.columns ?? []) {
    if (blank > 0) {
      faults.push({
        step: 'data',
        path: ['data', 'csv'],
        message: `column ${name} has ${formatCount(blank)} blank ${blank === 1 ? 'cell' : 'cells'}`,
        remedy: 'Fill them in the file, or remove those rows, and choose it again.',
      })
    }
    if (kind === 'words' && name !== label) {
      faults.push({
        step: 'target',
        path: ['data', 'label'],
        message: `column ${name} holds words, and a network takes numbers`,
        remedy: 'Predict it instead, or remove it from the file and choose that again.',
      })
    }
  }
  return faults
}

/** Everything that is wrong with a draft, in the order of the steps. */
export function faultsOf(draft: Draft, model: ModelReading | null): readonly DraftFault[] {
  const { config, description } = draft
  const faults: DraftFault[] = []
  if (description === null) {
    const message = 'Panda does not know the data yet'
    return [{ step: 'data', path: ['data'], message, remedy: 'Choose what it learns from.' }]
  }
  faults.push(...tableFaultsOf(draft), ...findConfigFaults(config).map(located))
  model?.layers.forEach(({ fault }, index) => {
    const path = ['network', 'layers', index]
    const isTold = faults.some(({ path: told }) => path.every((part, i) => told[i] === part))
    if (fault !== null && !isTold) faults.push({ step: 'network', path, ...fault })
  })
  return faults.toSorted((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step))
}

/** Nothing can be said of a step before the data is known; after that, any may be visited. */
export const isReachable = (step: Step, { description }: Draft): boolean =>
  step === 'data' || description !== null

/** What is wrong with the field at a path, as a sentence; null if nothing. */
export function faultTextAt(faults: readonly DraftFault[], field: ConfigPath): string | null {
  const fault = faults.find(({ path }) => isWithin(path, field))
  if (fault === undefined) return null
  return sentenceOf(fault)
}

/** `"seed" must be a number` → `Seed must be a number.`: in a form the field's own name is enough. */
export function sentenceOf({ message, remedy }: Pick<DraftFault, 'message' | 'remedy'>): string {
  const plain = message.replace(/"[\w.[\]]*?(\w+)"/, (_, name: string) => name.replaceAll('_', ' '))
  const start = plain.charAt(0).toUpperCase() + plain.slice(1)
  const sentence = /[.!?…]$/.test(start) ? start : `${start}.`
  // The schema is no help to who fills in a form.
  return remedy === null || remedy.includes('config.schema.json')
    ? sentence
    : `${sentence} ${remedy}`
}
