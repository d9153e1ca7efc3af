import type { Dimension } from '../../core/protocol/space.ts'
import type { StudyConfig, StudySnapshot } from '../../core/protocol/study.ts'
import { scaleOf } from '../../core/search/space.ts'
import { METHOD_WORDS, formatBudget, formatScalar, measureWord } from './trial-words.ts'

/** One setting of a study, and what it means for the trials. */
export interface StudyFact {
  readonly name: string
  readonly value: string
  readonly why?: string
}

const earlyWords = ({ stop_early: stop }: StudyConfig): StudyFact => {
  if (stop === undefined)
    return { name: 'Stops early', value: 'no', why: 'Every trial gets its whole budget.' }
  return {
    name: 'Stops early',
    value: `from ${formatBudget(stop.least)}`,
    why: `Of those compared the best one in ${stop.eta} goes on.`,
  }
}

const budgetWords = ({ budget, stop_early: stop }: StudyConfig): string =>
  stop === undefined ? formatBudget(budget) : `up to ${formatBudget(budget)}`

const populationWords = ({ population }: StudyConfig): readonly StudyFact[] =>
  population === undefined
    ? []
    : [
        {
          name: 'Exchanges',
          value: `every ${formatBudget(population.every)}`,
          why: `The worst ${Math.round(population.share * 100)} % go on as changed copies of the best.`,
        },
      ]

/** How a study searches, in brief. */
export function factsOf({ config, measure }: Pick<StudySnapshot, 'config' | 'measure'>) {
  const { label, line } = METHOD_WORDS[config.method]
  const facts: readonly StudyFact[] = [
    { name: 'Method', value: label, why: line },
    { name: 'Each trial', value: budgetWords(config) },
    ...(config.method === 'population' ? [] : [earlyWords(config)]),
    ...populationWords(config),
    { name: 'Best', value: `least ${measureWord(measure)}` },
    {
      name: 'At once',
      value: config.parallel === undefined ? 'one per core' : `${config.parallel}`,
      why: 'Each on one thread.',
    },
    { name: 'Seed', value: String(config.seed) },
  ]
  return facts
}

const SCALE_NAMES = { linear: 'linear', logarithmic: 'log scale', 'one-minus': '1 − β scale' }

/** "0.00001 to 1, log scale", "adam, momentum". */
export function rangeWords(path: string, dimension: Dimension): string {
  if (dimension.type === 'choice') return dimension.values.map(formatScalar).join(', ')
  const { low, high } = dimension
  return `${formatScalar(low)} to ${formatScalar(high)}, ${SCALE_NAMES[scaleOf(path, dimension)]}`
}

/** "only with optimizer adam"; null where it is always asked for. */
export function conditionWords(
  { when }: Dimension,
  names: ReadonlyMap<string, string>,
): string | null {
  const parts = Object.entries(when ?? {}).map(
    ([path, values]) =>
      `${(names.get(path) ?? path).replaceAll('_', ' ')} ${values.map(formatScalar).join(' or ')}`,
  )
  return parts.length === 0 ? null : `only with ${parts.join(' and ')}`
}
