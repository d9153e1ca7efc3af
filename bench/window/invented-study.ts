import type {
  CurvesQuery,
  StudyEvent,
  StudySnapshot,
  TrialCurve,
  TrialSummary,
} from '../../core/protocol/study.ts'
import { inventedTrial } from '../../test/fixtures/invented-trial.ts'

/** A study that no training made: trials with plausible curves, some of which run. */
export interface InventedStudy {
  snapshot(): StudySnapshot
  curves(query: CurvesQuery): readonly TrialCurve[]
  /** Lets `steps` pass in each running trial and tells of it, a bucket for every few; a trial that ends makes room for the next. */
  advance(steps: number): readonly StudyEvent[]
}

interface Shape {
  readonly rate: number
  readonly floor: number
  readonly divergesAt: number
}

const POINTS_TOLD = 16
const EVALUATED_EVERY = 150
const LEAST = 150
const ETA = 3

/** Mulberry32: small, even, and the same everywhere. */
export function invented(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

export function inventStudy({
  trials = 200,
  running = 16,
  budget = 4_050,
  ended = 0,
  seed = 7,
  name = 'invented',
}: {
  readonly trials?: number
  readonly running?: number
  readonly budget?: number
  /** How many have already ended. */
  readonly ended?: number
  readonly seed?: number
  readonly name?: string
}): InventedStudy {
  const draw = invented(seed)
  const shapes: Shape[] = []
  let list: TrialSummary[] = Array.from({ length: trials }, (_, i) => {
    const r = -5 + 5 * draw()
    const good = Math.exp(-((r + 2.6) ** 2) / 1.6)
    shapes.push({
      rate: 0.004 + 0.03 * good * draw(),
      floor: 0.02 + 1.4 * (1 - good) ** 2 + 0.2 * draw(),
      divergesAt: r > -0.5 && draw() < 0.6 ? Math.ceil(40 + 300 * draw()) : Infinity,
    })
    return inventedTrial(i + 1, {
      point: {
        'hyperparameters.learning_rate': 10 ** r,
        'network.layers.0.units': 16 + Math.floor(draw() * 240),
        'hyperparameters.batch_size': [16, 32, 64, 128, 256][Math.floor(draw() * 5)] ?? 64,
      },
      budgetSteps: budget,
      parameters: 10_000,
    })
  })
  const rungs = [LEAST, LEAST * ETA, LEAST * ETA ** 2, budget].filter((at) => at <= budget)

  function costAt(trial: number, step: number): number {
    const { rate, floor, divergesAt } = shapes[trial - 1]!
    if (step >= divergesAt) return Number.NaN
    if (step > divergesAt - 30) return 2.3 * 1.9 ** (step - divergesAt + 30)
    const noise = 1 + 0.35 * Math.sin(step * 12.9898 + trial * 78.233) * Math.sin(step * 4.1)
    return (floor + (2.3 - floor) * Math.exp(-step * rate)) * noise
  }
  const devCostAt = (trial: number, step: number) => {
    const { rate, floor } = shapes[trial - 1]!
    return floor * 1.15 + 0.08 + (2.3 - floor) * Math.exp(-step * rate)
  }
  const accuracyAt = (trial: number, step: number) =>
    Math.max(0.1, 1 - 0.36 * devCostAt(trial, step))

  function put(next: TrialSummary): TrialSummary {
    list = list.with(next.trial - 1, next)
    return next
  }
  function bestOf(): number | null {
    let best: TrialSummary | null = null
    for (const trial of list) {
      if (trial.value !== null && (best?.value ?? Infinity) > trial.value) best = trial
    }
    return best?.trial ?? null
  }
  /** How far this one comes: the good ones climb. */
  const goalOf = (trial: number) =>
    rungs[Math.min(rungs.length - 1, Math.floor((0.5 / shapes[trial - 1]!.floor) ** 1.3))] ?? budget

  function moved(summary: TrialSummary, steps: number): TrialSummary {
    const { trial } = summary
    const { divergesAt } = shapes[trial - 1]!
    const goal = Math.min(goalOf(trial), budget)
    const step = Math.min(summary.step + steps, goal, divergesAt)
    const measured = Math.floor(step / EVALUATED_EVERY) * EVALUATED_EVERY
    const hasEnded = step >= goal || step >= divergesAt
    const isOff = step >= divergesAt
    return {
      ...summary,
      state: isOff ? 'diverged' : !hasEnded ? 'running' : goal < budget ? 'stopped-early' : 'done',
      step,
      cost: isOff ? null : costAt(trial, step),
      devCost: measured > 0 ? devCostAt(trial, measured) : null,
      devAccuracy: measured > 0 ? accuracyAt(trial, measured) : null,
      value: measured > 0 && !isOff ? 1 - accuracyAt(trial, measured) : null,
      rung: rungs.filter((at) => at <= step).length,
      reason: isOff ? `the cost was not a number at step ${step}` : null,
      startedAt: summary.startedAt ?? 1.7e12,
      endedAt: hasEnded ? 1.7e12 : null,
    }
  }
  for (const summary of list.slice(0, ended)) put(moved(summary, budget))
  for (const { trial } of list.slice(ended, ended + running)) {
    put(moved(list[trial - 1]!, 1 + Math.floor(draw() * 60)))
  }

  function stretch(trial: number, from: number, to: number, points: number) {
    const width = Math.max(1, (to - from) / points)
    const count = Math.ceil((to - from) / width)
    const step = Float64Array.from({ length: count }, (_, i) =>
      Math.min(to, Math.round(from + (i + 1) * width)),
    )
    const [min, max, mean] = [0, 1, 2].map(() => new Float64Array(count))
    for (let i = 0, at = from + 1; i < count; i++) {
      let [low, high, sum, n] = [Infinity, -Infinity, 0, 0]
      for (; at <= step[i]!; at++, n++) {
        const cost = costAt(trial, at)
        low = Math.min(low, cost)
        high = Math.max(high, cost)
        sum += cost
      }
      min![i] = low
      max![i] = high
      mean![i] = sum / n
    }
    return { step, min: min!, max: max!, mean: mean! }
  }

  return {
    snapshot: () => ({
      study: name,
      file: `/${name}.study`,
      createdAt: 1.7e12,
      config: {
        seed: 1,
        run: { data: { sample: 'digits' }, hyperparameters: { batch_size: 64 } },
        space: {
          'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
          'network.layers.0.units': { type: 'integer', low: 16, high: 256 },
          'hyperparameters.batch_size': { type: 'choice', values: [16, 32, 64, 128, 256] },
        },
        method: 'random',
        trials,
        budget: { steps: budget },
        stop_early: { eta: ETA, least: { steps: LEAST } },
      },
      measure: 'dev_error',
      state: list.some(({ state }) => state === 'running') ? 'running' : 'done',
      trials: list,
      best: bestOf(),
      steps: list.reduce((sum, { step }) => sum + step, 0),
      trainExamples: 1_438,
      journal: [],
      failure: null,
    }),
    curves: ({ metric, trials: some, points = 200 }) =>
      list
        .filter(({ trial, step }) => step > 0 && (some?.includes(trial) ?? true))
        .map(({ trial, step }) => {
          if (metric === 'cost') return { trial, ...stretch(trial, 0, step, points) }
          const at = Float64Array.from(
            { length: Math.floor(step / EVALUATED_EVERY) },
            (_, i) => (i + 1) * EVALUATED_EVERY,
          )
          const of = metric === 'dev_cost' ? devCostAt : accuracyAt
          const mean = at.map((one) => of(trial, one))
          return { trial, step: at, min: mean, max: mean, mean }
        }),
    advance(steps) {
      const events: StudyEvent[] = []
      for (const before of list) {
        if (before.state !== 'running') continue
        const { trial } = before
        const now = put(moved(before, steps))
        if (now.step > before.step) {
          const told = stretch(trial, before.step, now.step, POINTS_TOLD)
          events.push({ type: 'metrics', trial, ...told })
        }
        const { step, devCost, devAccuracy } = now
        const measured = Math.floor(step / EVALUATED_EVERY) * EVALUATED_EVERY
        if (measured > before.step && devCost !== null) {
          events.push({ type: 'evaluated', trial, step: measured, devCost, devAccuracy })
        }
        events.push({ type: 'trial-changed', trial: now })
        const next = list.find(({ state }) => state === 'waiting')
        if (now.state !== 'running' && next !== undefined) {
          events.push({ type: 'trial-changed', trial: put(moved(next, 1)) })
        }
      }
      return events
    },
  }
}
