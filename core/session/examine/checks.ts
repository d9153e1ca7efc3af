import type { Engine, EngineSpec, StepSettings } from '../../engine/engine.ts'
import type { LossSpec } from '../../nn/losses.ts'
import type { PreflightCheck } from '../../protocol/examine.ts'
import type { Layer } from '../../protocol/network.ts'
import { valueOf } from '../knobs.ts'
import { firstExamples } from './candidate.ts'
import type { Candidate } from './candidate.ts'

type Verdict = Pick<PreflightCheck, 'verdict' | 'remedy'>
const PASS: Verdict = { verdict: 'pass', remedy: null }

const quiet = (step: number, l2 = 0): StepSettings => ({ step, l2, dropout: 0, vitals: false })

/**
 * The network without what keeps it from learning by heart: dropout, label smoothing, class weights. Names
 * of parameters count layers, so the dropout layers stay, at a rate of 0.
 */
export function withoutRegularisation(spec: EngineSpec): EngineSpec {
  const calm = (layers: readonly Layer[]): Layer[] =>
    layers.map((layer) => {
      if (layer.type === 'dropout') return { ...layer, rate: 0 }
      if (layer.type !== 'residual') return layer
      return { ...layer, layers: calm(layer.layers), shortcut: calm(layer.shortcut) }
    })
  return {
    ...spec,
    network: { ...spec.network, layers: calm(spec.network.layers) },
    loss: { ...spec.loss, classWeights: null, labelSmoothing: 0 },
  }
}

/** Enough that the mean cost is steady; half of it is a usual mini-batch. */
const COST_EXAMPLES = 256

/**
 * What a network that knows nothing yet costs: ln(classes) where all classes are equally likely to it; of
 * a regression, the cost of answering 0 to everything.
 */
function blindCost(loss: LossSpec, classes: number | null, targets: Float32Array | null): number {
  if (classes !== null) return Math.log(classes)
  const costs = Array.from(targets ?? [], (target) => {
    const error = Math.abs(target)
    if (loss.name === 'mean_squared_error') return error * error
    if (loss.name === 'mean_absolute_error') return error
    const { huberDelta: delta } = loss
    return error <= delta ? (error * error) / 2 : delta * (error - delta / 2)
  })
  return costs.reduce((sum, cost) => sum + cost, 0) / Math.max(1, costs.length)
}

/** Weights of He's size alone raise it by about 1 with ten classes (logits of variance 2). */
const GOOD_RATIO = 1.6
const BAD_RATIO = 4

/** Does the cost start where a network that knows nothing starts? */
export async function checkInitialCost(
  engine: Engine,
  candidate: Candidate,
): Promise<PreflightCheck> {
  const { spec } = candidate
  const batch = firstExamples(candidate, COST_EXAMPLES)
  const { dataCost: measured } = await engine.computeGradients(batch, quiet(0))
  const expected = blindCost(spec.loss, spec.classes, batch.targets)
  const baseline =
    spec.classes === null
      ? 'what answering 0 to everything costs'
      : `ln(${spec.classes}), as all classes are equally likely at first`
  return {
    name: 'initial-cost',
    ...judgeStart(measured, expected),
    measured,
    expected,
    meaning: `The cost before the first step, against ${baseline}.`,
  }
}

function judgeStart(measured: number, expected: number): Verdict {
  if (!Number.isFinite(measured)) {
    return {
      verdict: 'fail',
      remedy: 'Look for huge values in the data; normalise it; use another initialiser.',
    }
  }
  // Targets that are all 0 leave nothing to be compared with.
  if (expected === 0) return PASS
  const ratio = measured / expected
  if (ratio > GOOD_RATIO) {
    return {
      verdict: ratio > BAD_RATIO ? 'fail' : 'warn',
      remedy:
        'The first outputs are too large: normalise the data, or use another initialiser (xavier).',
    }
  }
  if (ratio >= 1 / GOOD_RATIO) return PASS
  return {
    verdict: 'warn',
    remedy: 'An untrained network should not know this much: is the answer among the features?',
  }
}

const OVERFIT_EXAMPLES = 20
const MOST_STEPS = 500
const LONGEST_MS = 60_000
const LEARNED = 0.05
const LEARNING = 0.5

/** Can the network learn 20 examples by heart? One that can't will not learn thousands. */
export async function checkOverfit(engine: Engine, candidate: Candidate): Promise<PreflightCheck> {
  const { knobs } = candidate
  const batch = firstExamples(candidate, OVERFIT_EXAMPLES)
  const learningRate = valueOf(knobs, 'learning_rate')
  const startedAt = performance.now()
  let first = NaN
  let cost = NaN
  let steps = 0
  while (steps < MOST_STEPS && performance.now() - startedAt < LONGEST_MS) {
    const result = await engine.computeGradients(batch, quiet(steps))
    cost = result.dataCost
    if (steps === 0) first = cost
    if (!Number.isFinite(cost) || !Number.isFinite(result.gradientNorm)) break
    if (cost <= LEARNED * first) break
    engine.applyUpdate({ ...knobs, l2: 0 }, learningRate)
    steps++
  }
  return {
    name: 'overfit-20',
    ...judgeLearning(first === 0 ? 0 : cost / first),
    measured: cost,
    expected: LEARNED * first,
    meaning:
      `The cost of ${batch.count} examples after ${steps} steps on them alone (without dropout, ` +
      `L2 and label smoothing); it started at ${first.toPrecision(3)} and should come near 0.`,
  }
}

function judgeLearning(share: number): Verdict {
  if (share <= LEARNED) return PASS
  if (share <= LEARNING) {
    return {
      verdict: 'warn',
      remedy: 'It learns, but slowly: try a learning rate three to ten times as large.',
    }
  }
  return {
    verdict: 'fail',
    remedy:
      'Try other learning rates, ten times as large and a tenth; then look at the labels, and at ' +
      'whether the network is large enough.',
  }
}

/** Strong enough to be seen in float32 whatever λ the run starts with. */
const LEAST_LAMBDA = 0.01
const TOLERANCE = 0.01

/** Does raising λ raise the cost, by λ/2·‖W‖²? */
export async function checkPenalty(engine: Engine, candidate: Candidate): Promise<PreflightCheck> {
  const batch = firstExamples(candidate, COST_EXAMPLES)
  const lambda = Math.max(LEAST_LAMBDA, valueOf(candidate.knobs, 'l2'))
  const without = await engine.computeGradients(batch, quiet(0))
  const penalised = await engine.computeGradients(batch, quiet(0, lambda))
  const measured = penalised.cost - without.cost
  const expected = (lambda / 2) * weightSquares(engine)
  const off = Math.abs(measured - expected)
  const isRight = measured > 0 && off <= TOLERANCE * expected + 1e-6 * without.cost
  return {
    name: 'l2-raises-cost',
    verdict: isRight ? 'pass' : 'fail',
    measured,
    expected,
    meaning: `How much the cost rises with λ = ${lambda}, against λ/2·‖W‖².`,
    remedy: isRight ? null : 'This is a fault of the engine, not of the config: please report it.',
  }
}

/** ‖W‖² of all that L2 applies to. */
function weightSquares(engine: Engine): number {
  const kinds = new Map(engine.plan.parameters.map(({ name, kind }) => [name, kind]))
  let squares = 0
  for (const { name, values } of engine.exportState().buffers) {
    if (kinds.get(name) !== 'weight') continue
    for (const value of values) squares += value * value
  }
  return squares
}
