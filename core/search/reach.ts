import { PandaError } from '../errors.ts'
import { findConfigFaults } from '../protocol/config-fault.ts'
import type { ConfigFault } from '../protocol/config-fault.ts'
import type { Dimension, Point, Scalar, SearchSpace } from '../protocol/space.ts'
import { configAt } from './point-config.ts'
import { pathsOf, placeOf, pointAt, valueAt } from './space.ts'

/** How a run's config says that it has no such hyperparameter. */
const NOT_ITS_OWN = 'is not a hyperparameter of this run'

/** A longer list of choices is tried at its first ones. */
const MOST_TRIED = 200

/** May a dimension take a value that a condition names? A number with a fraction is never hit exactly. */
function canBe(dimension: Dimension, value: Scalar): boolean {
  if (dimension.type === 'choice') return dimension.values.includes(value)
  const { type, low, high } = dimension
  if (type === 'real' || typeof value !== 'number') return false
  return Number.isInteger(value) && low <= value && value <= high
}

/** Throws `config/invalid` where a dimension waits for what never comes: it would be searched in name only. */
export function refuseNeverAsked(space: SearchSpace): void {
  for (const path of pathsOf(space)) {
    for (const [parent, values] of Object.entries(space[path]?.when ?? {})) {
      const held = space[parent]
      if (held === undefined || values.some((value) => canBe(held, value))) continue
      throw new PandaError(
        'config/invalid',
        `"${path}" is asked for only where "${parent}" is ${values.map(String).join(' or ')}, which it never is`,
        held.type === 'choice'
          ? `Name one of its values: ${held.values.map(String).join(', ')}.`
          : 'Name values of a choice or whole numbers within the range.',
      )
    }
  }
}

/** Where between its ends a number is tried too: at one that is whole or round in no range. */
const BETWEEN = 0.381_966_011_25

/** The values at which a dimension is tried: its ends and one between, or each of its choices. */
const triedOf = (path: string, dimension: Dimension): readonly Scalar[] =>
  dimension.type === 'choice'
    ? dimension.values.slice(0, MOST_TRIED)
    : [dimension.low, dimension.high, valueAt(path, dimension, BETWEEN)]

/** The point in the middle, but for one value, and for what it depends on: that is as its condition wants it. */
function pointWith(space: SearchSpace, path: string, value: Scalar): Point {
  const wanted = new Map<string, Scalar>([[path, value]])
  // Parents come first in this order, so whatever asks for one is met before it.
  for (const one of pathsOf(space).toReversed()) {
    if (!wanted.has(one)) continue
    for (const [parent, values] of Object.entries(space[one]?.when ?? {})) {
      const held = space[parent]
      const fit = held && values.find((choice) => canBe(held, choice))
      if (fit !== undefined && !wanted.has(parent)) wanted.set(parent, fit)
    }
  }
  const unit = pathsOf(space).map((one) => {
    const [dimension, chosen] = [space[one], wanted.get(one)]
    return dimension === undefined || chosen === undefined ? 0.5 : placeOf(one, dimension, chosen)
  })
  // The end of a range goes to its place and back with the last bits changed.
  const point = pointAt(space, unit)
  return Object.hasOwn(point, path) ? { ...point, [path]: value } : point
}

/**
 * Throws `config/invalid` where a value of a dimension is one that no run may have, whatever the others are,
 * or where its path leads nowhere: all trials that drew it would fail. What depends on the data, as the size
 * of a network does, is left to the trial.
 */
export function refuseForbidden(run: Readonly<Record<string, unknown>>, space: SearchSpace): void {
  for (const path of pathsOf(space)) {
    const dimension = space[path]
    for (const value of dimension === undefined ? [] : triedOf(path, dimension)) {
      const point = pointWith(space, path, value)
      const [fault] = findConfigFaults(configAt(run, point))
      if (fault !== undefined) throw refusalOf(fault, space, point)
    }
  }
}

function refusalOf(
  { path: parts, message, remedy }: ConfigFault,
  space: SearchSpace,
  point: Point,
): PandaError {
  const path = parts.map(String).join('.')
  const refusal = (what: string, how: string) => new PandaError('config/invalid', what, how)
  const dimension = Object.hasOwn(space, path) ? space[path] : undefined
  if (dimension === undefined) return refusal(message, remedy)
  if (message.includes(NOT_ITS_OWN)) {
    const chosen = ['optimizer', 'schedule'].filter((one) => Object.hasOwn(point, one))
    if (chosen.length === 0) return refusal(message, 'Take it out of the space.')
    const held = chosen.map((one) => `the ${one} ${String(point[one])}`).join(' and ')
    return refusal(
      `"${path}" is searched with ${held} too, where there is none`,
      `Say with which it is asked for: "when": { "${chosen[0]}": […] }.`,
    )
  }
  const [, what] = /^"[^"]*" (must be .*)$/s.exec(message) ?? []
  if (dimension.type === 'choice' || what === undefined) return refusal(message, remedy)
  if (what.startsWith('must be a whole number')) {
    return refusal(`"${path}" ${what}`, 'Give it the type "integer".')
  }
  return refusal(`"${path}" ${what}: its range reaches that far`, 'Narrow its range.')
}
