import { initialHyperparameters, recipeOf, runConfig } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import {
  HYPERPARAMETERS,
  HYPERPARAMETER_NAMES,
  OPTIMIZER_NAMES,
  SCHEDULE_NAMES,
} from '../protocol/hyperparameters.ts'
import type { HyperparameterName } from '../protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../protocol/recipe.ts'
import type { Recipe } from '../protocol/recipe.ts'
import type { Dimension, Scalar, SearchSpace } from '../protocol/space.ts'
import { freeFields } from './free-layers.ts'
import { suggestDimension } from './ranges.ts'

export { suggestDimension } from './ranges.ts'

/** Something of a run's config that may be searched, as it stands, and where it is worth looking. */
export interface SearchablePath {
  readonly path: string
  readonly label: string
  readonly group: 'Optimisation' | 'Regularisation' | 'Network'
  /** Null where the run does not have it now. */
  readonly current: Scalar | null
  readonly suggestion: Dimension
}

type Row = Omit<SearchablePath, 'suggestion'> & { readonly when?: Dimension['when'] }

/**
 * Everything of a run's config that may be searched, with defaults filled in; nothing where it is no valid
 * config. Where `space` searches the optimizer or the schedule, what only some of them have is among it, and
 * its suggestion says with which. Mini-batches are no larger than `trainExamples`, where that is known.
 */
export function searchablePaths(
  config: unknown,
  about: { readonly space?: SearchSpace; readonly trainExamples?: number } = {},
): readonly SearchablePath[] {
  const parsed = runConfig.safeParse(config)
  if (!parsed.success) return []
  const { space = {}, trainExamples = Infinity } = about
  return rowsOf(parsed.data, space).flatMap(({ when, ...row }) => {
    const suggestion = suggestDimension(row.path, row.current)
    if (suggestion === null) return []
    const fitting =
      row.path === 'hyperparameters.batch_size' ? upTo(trainExamples, suggestion) : suggestion
    return [{ ...row, suggestion: when === undefined ? fitting : { ...fitting, when } }]
  })
}

const rowsOf = (run: RunConfig, space: SearchSpace): readonly Row[] => [
  ...hyperparameterRows(run, space),
  { path: 'optimizer', label: 'Optimizer', group: 'Optimisation', current: run.optimizer },
  { path: 'schedule', label: 'Schedule', group: 'Optimisation', current: run.schedule },
  ...otherRows(run),
  ...freeFields(run.network.layers).map((field): Row => ({
    ...field,
    group: field.path.endsWith('.rate') ? 'Regularisation' : 'Network',
  })),
]

const REGULARISES: ReadonlySet<HyperparameterName> = new Set(['l2', 'weight_decay', 'dropout'])

/** Those that the run has, and those that another searched optimizer or schedule would bring. */
function hyperparameterRows(run: RunConfig, space: SearchSpace): readonly Row[] {
  const current = initialHyperparameters(run)
  return HYPERPARAMETER_NAMES.flatMap((name): Row[] => {
    const when = conditionOf(name, run, space)
    if (when === null) return []
    return [
      {
        path: `hyperparameters.${name}`,
        label: HYPERPARAMETERS[name].label,
        group: REGULARISES.has(name) ? 'Regularisation' : 'Optimisation',
        current: current[name] ?? null,
        ...(Object.keys(when).length > 0 && { when }),
      },
    ]
  })
}

/** With which of the searched optimizers and schedules a hyperparameter is there: {} with all, null with none. */
function conditionOf(
  name: HyperparameterName,
  run: RunConfig,
  space: SearchSpace,
): NonNullable<Dimension['when']> | null {
  const plain = { ...recipeOf(run), optimizer: 'gradient_descent', schedule: 'constant' } as const
  const isIn = (recipe: Recipe) => Object.hasOwn(defaultHyperparameters(recipe), name)
  if (isIn(plain)) return {}
  const optimizers = searched(space['optimizer'], OPTIMIZER_NAMES) ?? [run.optimizer]
  const schedules = searched(space['schedule'], SCHEDULE_NAMES) ?? [run.schedule]
  const having = optimizers.filter((optimizer) => isIn({ ...plain, optimizer }))
  if (having.length > 0) return having.length < optimizers.length ? { optimizer: having } : {}
  const slowing = schedules.filter((schedule) => isIn({ ...plain, schedule }))
  if (slowing.length === 0) return null
  return slowing.length < schedules.length ? { schedule: slowing } : {}
}

/** The names among a dimension's values; null where it is not searched. */
const searched = <N extends string>(dimension: Dimension | undefined, names: readonly N[]) =>
  dimension?.type === 'choice' ? names.filter((name) => dimension.values.includes(name)) : null

function otherRows({ data, network, loss, ...run }: RunConfig): readonly Row[] {
  const { normalise } = data
  const isText = 'text' in data || ('sample' in data && data.sample === 'sonnets')
  const hasClasses = loss === 'sparse_categorical_cross_entropy'
  return [
    ...(hasClasses ? [SMOOTHING(run.label_smoothing)] : []),
    ...(loss === 'huber' ? [HUBER(run.huber_delta)] : []),
    ...(isText ? [] : [NORMALISE(normalise)]),
    INITIALISER(network.initialiser),
  ]
}

const otherRow =
  (path: string, label: string, group: SearchablePath['group']) =>
  (current: Scalar): Row => ({ path, label, group, current })
const SMOOTHING = otherRow('label_smoothing', 'Label smoothing', 'Regularisation')
const HUBER = otherRow('huber_delta', 'Huber δ', 'Optimisation')
const NORMALISE = otherRow('data.normalise', 'Normalisation of the data', 'Network')
const INITIALISER = otherRow('network.initialiser', 'First weights', 'Network')

/** A range of whole numbers that ends at `most`, where it can. */
function upTo(most: number, dimension: Dimension): Dimension {
  if (dimension.type !== 'integer' || most >= dimension.high) return dimension
  const high = Math.max(2, Math.floor(most))
  return { ...dimension, high, low: Math.min(dimension.low, Math.max(1, Math.floor(high / 8))) }
}
