import { PandaError } from '../errors.ts'
import { isRecord } from '../protocol/config-schema.ts'
import { HYPERPARAMETER_NAMES } from '../protocol/hyperparameters.ts'
import type { OptimizerName, ScheduleName } from '../protocol/hyperparameters.ts'
import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../protocol/recipe.ts'
import type { Point, Scalar } from '../protocol/space.ts'

type Json = { readonly [key: string]: unknown }

/** A copy of `place` with the value at a path set. Only the last part of a path may be new, and only in an object. */
function withValue(place: unknown, parts: readonly string[], value: Scalar, path: string): unknown {
  const [part, ...rest] = parts
  if (part === undefined) return value
  if (Array.isArray(place)) {
    const index = /^\d+$/.test(part) ? Number(part) : Number.NaN
    if (!(index < place.length)) throw noSuchPath(path, part)
    return place.map((one: unknown, i) => (i === index ? withValue(one, rest, value, path) : one))
  }
  if (!isRecord(place) || part === '__proto__') throw noSuchPath(path, part)
  if (rest.length > 0 && !Object.hasOwn(place, part)) throw noSuchPath(path, part)
  return { ...place, [part]: withValue(place[part], rest, value, path) }
}

const noSuchPath = (path: string, part: string) =>
  new PandaError(
    'config/invalid',
    `the space names "${path}", but the run's config has no ${part} there`,
    'Write the path as it stands in the config, as in network.layers.0.units.',
  )

/** The name among known ones, or the default of a config that names none. */
const known = <N extends string>(names: readonly N[], value: unknown, otherwise: N): N =>
  names.find((name) => name === value) ?? otherwise

/**
 * The run config of a trial: the study's, with a point's values at their paths. Hyperparameters of the base
 * config that the trial's optimizer or schedule does not have are left out; searched ones stay, to be
 * refused by name. Throws `config/invalid` where a path leads nowhere.
 */
export function configAt(base: Json, point: Point): Json {
  const settings = isRecord(base['hyperparameters']) ? base['hyperparameters'] : {}
  let config: unknown = { ...base, hyperparameters: settings }
  for (const [path, value] of Object.entries(point)) {
    config = withValue(config, path.split('.'), value, path)
  }
  if (!isRecord(config)) throw new Error('a config is an object')
  const recipe = {
    optimizer: known<OptimizerName>(OPTIMIZER_NAMES, config['optimizer'], 'adam'),
    schedule: known<ScheduleName>(SCHEDULE_NAMES, config['schedule'], 'inverse_time'),
    hasLiveDropout: true,
  }
  const had = new Set<string>(Object.keys(defaultHyperparameters(recipe)))
  const isFree = (name: string) =>
    had.has(name) ||
    !HYPERPARAMETER_NAMES.some((one) => one === name) ||
    Object.hasOwn(point, `hyperparameters.${name}`)
  const chosen = isRecord(config['hyperparameters']) ? config['hyperparameters'] : {}
  return {
    ...config,
    hyperparameters: Object.fromEntries(Object.entries(chosen).filter(([name]) => isFree(name))),
  }
}
