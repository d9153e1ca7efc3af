import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../../core/protocol/hyperparameters.ts'
import type { Hyperparameters } from '../../core/protocol/hyperparameters.ts'
import { usesLiveDropout } from '../../core/protocol/network.ts'
import type { Layer } from '../../core/protocol/network.ts'
import { defaultHyperparameters } from '../../core/protocol/recipe.ts'
import { objectAt } from './config-path.ts'
import type { ConfigDraft } from './config-path.ts'

const isLayer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Layers as far as they are objects with lists where residual blocks have them: a draft may hold anything. */
function walkable(value: unknown): readonly Layer[] {
  if (!Array.isArray(value)) return []
  return value.filter(isLayer).map(
    (one) =>
      ({
        ...one,
        layers: walkable(one['layers']),
        shortcut: walkable(one['shortcut']),
      }) as unknown as Layer,
  )
}

/** Every hyperparameter of a draft with its default: those that its optimizer, schedule and layers have. */
export function defaultsOf(config: ConfigDraft): Hyperparameters {
  return defaultHyperparameters({
    optimizer: OPTIMIZER_NAMES.find((one) => one === config['optimizer']) ?? 'adam',
    schedule: SCHEDULE_NAMES.find((one) => one === config['schedule']) ?? 'inverse_time',
    hasLiveDropout: usesLiveDropout(walkable(objectAt(config, 'network')['layers'])),
  })
}

/** Leaves out the hyperparameters that the recipe does not have: a config that names them is refused. */
export function withoutStrangers(config: ConfigDraft): ConfigDraft {
  const known = Object.keys(defaultsOf(config))
  const held = Object.entries(objectAt(config, 'hyperparameters'))
  const kept = held.filter(([name]) => known.includes(name))
  if (kept.length === held.length) return config
  return { ...config, hyperparameters: Object.fromEntries(kept) }
}

/** Another optimizer or schedule. A learning rate that suits Adam does not suit plain descent: it starts over. */
export function withRecipe(
  config: ConfigDraft,
  part: 'optimizer' | 'schedule',
  value: string,
): ConfigDraft {
  const next = withoutStrangers({ ...config, [part]: value })
  const { learning_rate } = defaultsOf(next)
  if (learning_rate === defaultsOf(config).learning_rate) return next
  return { ...next, hyperparameters: { ...objectAt(next, 'hyperparameters'), learning_rate } }
}
