import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatPercent, formatSetting } from '../ui/format.ts'
import { formatTiny } from './write.ts'

export const MULTIPLE_KEYS = [
  'learning_rate',
  'dev_error',
  'gradient_norm',
  'update_ratio',
] as const
export type MultipleKey = (typeof MULTIPLE_KEYS)[number]

/** A small plot below the cost: what it shows of a run, and how. */
export interface Multiple {
  readonly key: MultipleKey
  readonly label: string
  /** The series behind it, none where this run has none, each with what tells it from the others. */
  readonly series: (snapshot: RunSnapshot) => readonly { metric: string; label: string }[]
  /** What is set holds until it is set anew: never averaged, never bent. */
  readonly isStep: boolean
  /** Always logarithmic, never, or where the values span more than a factor of ten. */
  readonly log: 'always' | 'never' | 'wide'
  /** From what was recorded to what is shown. */
  readonly map?: (value: number) => number
  readonly reference?: number
  readonly isDev?: boolean
  readonly write: (value: number) => string
}

/** The first and the last weight of the network, as the vital signs name them. */
function endsOf({ vitals }: RunSnapshot) {
  const weights = (vitals?.parameters ?? [])
    .map(({ name }) => name)
    .filter((n) => n.endsWith('.weight'))
  const [first, last] = [weights[0], weights.at(-1)]
  if (first === undefined || last === undefined) return []
  const line = (name: string, label: string) => ({ metric: `${name}/update_ratio`, label })
  return first === last ? [line(first, '')] : [line(first, 'first'), line(last, 'last')]
}

const only = (metric: string) => () => [{ metric, label: '' }]

export const MULTIPLES: { readonly [K in MultipleKey]: Multiple } = {
  learning_rate: {
    key: 'learning_rate',
    label: 'learning rate α',
    series: only('learning_rate'),
    isStep: true,
    log: 'wide',
    write: formatSetting,
  },
  dev_error: {
    key: 'dev_error',
    label: 'dev error',
    series: ({ facts }) => (facts.classes === null ? [] : [{ metric: 'dev_accuracy', label: '' }]),
    isStep: false,
    log: 'never',
    map: (accuracy) => 1 - accuracy,
    isDev: true,
    write: formatPercent,
  },
  gradient_norm: {
    key: 'gradient_norm',
    label: 'gradient norm ‖g‖',
    series: only('gradient_norm'),
    isStep: false,
    log: 'always',
    write: formatTiny,
  },
  update_ratio: {
    key: 'update_ratio',
    label: 'update : weight',
    series: endsOf,
    isStep: false,
    log: 'always',
    reference: 1e-3,
    write: formatTiny,
  },
}
