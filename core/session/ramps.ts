import { HYPERPARAMETER_NAMES, describeHyperparameter } from '../protocol/hyperparameters.ts'
import type { HyperparameterName, Hyperparameters } from '../protocol/hyperparameters.ts'
import type { JournalEntry } from '../protocol/run.ts'

/** A knob on its way: it reaches `to` with the step `firstStep + steps - 1`, and not before. */
export interface Ramp {
  readonly from: number
  readonly to: number
  /** The first step trained with another value than `from`. */
  readonly firstStep: number
  readonly steps: number
}

/** The ramps under way, by knob. */
export type Ramps = { readonly [K in HyperparameterName]?: Ramp }
export const NO_RAMPS: Ramps = {}

/** What was asked of the knobs: their targets, and how those on a ramp get there. */
export interface Settings {
  readonly knobs: Hyperparameters
  readonly ramps: Ramps
}

/** Where a scale has no logarithm (an end at 0, or a β of 1) a straight line leads there too. */
function between(name: HyperparameterName, from: number, to: number, share: number): number {
  const straight = from + (to - from) * share
  const { scale } = describeHyperparameter(name)
  if (scale === 'linear') return straight
  const [start, end] = scale === 'logarithmic' ? [from, to] : [1 - from, 1 - to]
  if (!(start > 0 && end > 0)) return straight
  const value = Math.exp(Math.log(start) + (Math.log(end) - Math.log(start)) * share)
  return scale === 'logarithmic' ? value : 1 - value
}

/**
 * The value of a knob on a ramp in the step numbered `step`, evenly spaced on the knob's own scale. It follows
 * from these numbers alone, so that a replay that starts anywhere inside a ramp gets the same bits.
 */
export function rampValue(name: HyperparameterName, ramp: Ramp, step: number): number {
  const { from, to, firstStep, steps } = ramp
  const done = step - firstStep + 1
  if (done <= 0) return from
  if (done >= steps) return to
  const value = between(name, from, to, done / steps)
  const low = Math.min(from, to)
  const high = Math.max(from, to)
  const inside = Math.min(high, Math.max(low, value)) // rounding must not leave a knob's range
  return describeHyperparameter(name).integer ? Math.round(inside) : inside
}

/** Ramps in the order of the table of knobs, which is the order they are hashed in. */
export const listRamps = (
  ramps: Ramps,
): readonly (Ramp & { readonly name: HyperparameterName })[] =>
  ramps === NO_RAMPS
    ? []
    : HYPERPARAMETER_NAMES.flatMap((name) => {
        const ramp = ramps[name]
        return ramp === undefined ? [] : [{ name, ...ramp }]
      })

/** The knobs in force in the step numbered `step`. */
export function knobsAt({ knobs, ramps }: Settings, step: number): Hyperparameters {
  if (ramps === NO_RAMPS) return knobs
  const moved = listRamps(ramps).map(({ name, ...ramp }) => [name, rampValue(name, ramp, step)])
  return { ...knobs, ...(Object.fromEntries(moved) as Hyperparameters) }
}

/** The ramps that still have a value of their own once `completed` steps are done. */
export function rampsAfter(ramps: Ramps, completed: number): Ramps {
  if (ramps === NO_RAMPS) return ramps
  const left = listRamps(ramps).filter(
    ({ firstStep, steps }) => completed + 1 < firstStep + steps - 1,
  )
  return rampsFrom(left)
}

/** Ramps by knob; `NO_RAMPS` itself where there are none, which is quick to tell. */
export const rampsFrom = (
  list: readonly (Ramp & { readonly name: HyperparameterName })[],
): Ramps =>
  list.length === 0 ? NO_RAMPS : Object.fromEntries(list.map(({ name, ...ramp }) => [name, ramp]))

/** The settings once a line of the journal is obeyed: a nudge of a knob replaces its ramp; other lines do nothing. */
export function settingsAfter({ knobs, ramps }: Settings, entry: JournalEntry): Settings {
  if (entry.kind !== 'nudge') return { knobs, ramps }
  const { changes, ramp, firstStep } = entry
  const named = new Set(changes.map(({ name }) => name))
  const others = listRamps(ramps).filter(({ name }) => !named.has(name))
  const begun = changes
    .filter(({ from, to }) => from !== to && (ramp?.steps ?? 1) > 1)
    .map(({ name, from, to }) => ({ name, from, to, firstStep, steps: ramp?.steps ?? 1 }))
  const targets = Object.fromEntries(changes.map(({ name, to }) => [name, to]))
  return { knobs: { ...knobs, ...targets }, ramps: rampsFrom([...others, ...begun]) }
}
