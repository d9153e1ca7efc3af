/** How trials are stopped early: the budgets at which they are compared, each `eta` times the one before. */
export interface Halving {
  /** Of those that have reached a rung when it is asked, the best one in `eta` may go on. */
  readonly eta: number
  /** Steps at which trials are compared, rising; the last is a whole trial's budget. */
  readonly rungs: readonly number[]
}

/** A second rung nearer to the first than so many times its steps would stop most of what the first let pass, and tell little new. */
const NEAREST = 1.5

/**
 * Rungs from `least` to `most` steps, both among them, each `eta` times the one before; the second may be nearer to
 * the first, or farther, so that they come out even.
 */
export function halvingOf(least: number, most: number, eta = 3): Halving {
  const rungs = [most]
  for (let steps = most / eta; steps >= least * NEAREST; steps /= eta) {
    rungs.unshift(Math.round(steps))
  }
  if (least < most) rungs.unshift(least)
  return { eta, rungs }
}

/** A trial as halving sees it. */
export interface Climber {
  readonly trial: number
  /** What it measured at each rung it has reached, in their order; lower is better. Not finite where it failed. */
  readonly measured: readonly number[]
  /** Does it run now, or has it come to its end? */
  readonly isRunning: boolean
  /** It was given up, or broke, on its way up: it climbs no more, and takes no place from those that may. */
  readonly isGone?: boolean
}

/** What a free worker should do: let a stopped trial climb on to a rung, or begin a new one. */
export type HalvingChoice =
  | { readonly kind: 'promote'; readonly trial: number; readonly rung: number }
  | { readonly kind: 'begin' }

/**
 * Once no trial runs and none begins: the best of those that came farthest, which goes on to the end where none
 * has come there, as there were too few for so many rungs. So the best of a search was measured on the whole
 * budget. Null where one was, or none can be.
 */
export function lastToClimb({ rungs }: Halving, climbers: readonly Climber[]): number | null {
  const isWhole = ({ measured }: Climber) =>
    measured.length === rungs.length && Number.isFinite(measured.at(-1))
  if (climbers.some(isWhole)) return null
  const [best] = climbers
    .flatMap(({ trial, measured, isRunning, isGone = false }) => {
      const value = measured.at(-1) ?? NaN
      const mayGoOn = !isRunning && !isGone && Number.isFinite(value)
      return mayGoOn ? [{ trial, rung: measured.length, value }] : []
    })
    .toSorted((a, b) => b.rung - a.rung || a.value - b.value || a.trial - b.trial)
  return best?.trial ?? null
}

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): from the highest rung down, the best trial
 * among the top 1/eta of those that reached a rung and have not left it goes on; if there is none, a new one
 * begins. Nobody waits for a rung to fill. Other than there, once 1/eta have left a rung only its very best
 * may follow them: where trials get better and better, as a method that learns makes them, nearly each would
 * pass those that left before it, and little would be saved.
 */
export function chooseHalving(
  { eta, rungs }: Halving,
  climbers: readonly Climber[],
): HalvingChoice {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const reached = climbers
      .flatMap(({ trial, measured, isRunning, isGone = false }) => {
        const value = measured[rung]
        const hasClimbed = measured.length > rung + 1
        if (value === undefined || (isGone && !hasClimbed)) return []
        return [{ trial, value, left: isRunning || hasClimbed }]
      })
      .filter(({ value }) => Number.isFinite(value))
      .toSorted((a, b) => a.value - b.value || a.trial - b.trial)
    const all = climbers.filter(({ measured }) => measured.length > rung).length
    const places = Math.floor(all / eta)
    const next = reached.slice(0, places).find(({ left }) => !left)
    const isFull = reached.filter(({ left }) => left).length >= places
    if (next !== undefined && (!isFull || next === reached[0]))
      return { kind: 'promote', trial: next.trial, rung: rung + 1 }
  }
  return { kind: 'begin' }
}
