import { createEngine } from '../../../core/engine/engine.ts'
import type { Batch, Engine, EngineSpec } from '../../../core/engine/engine.ts'
import { OPTIMIZER_DEFAULTS } from '../../../core/protocol/hyperparameters.ts'
import type { Hyperparameters } from '../../../core/protocol/hyperparameters.ts'
import { normal, permutation } from '../../../core/random/index.ts'

/** Three classes of points in the plane, which a small network tells apart. */
export const SPEC: EngineSpec = {
  network: {
    initialiser: 'he',
    layers: [
      { type: 'dense', units: 16, activation: 'relu' },
      { type: 'dense', units: 8, activation: 'tanh' },
      { type: 'dense', units: 3, activation: 'linear' },
    ],
  },
  loss: 'sparse_categorical_cross_entropy',
  optimizer: 'adam',
  features: 2,
  classes: 3,
  seed: 1,
  threads: 1,
}

export const ADAM: Hyperparameters = OPTIMIZER_DEFAULTS.adam

const CENTRES = [
  [0, 1.5],
  [1.5, -1],
  [-1.5, -1],
] as const

/** Points around their class's centre, drawn anew for every number. */
export function drawBatch(number: number, count = 24): Batch {
  const labels = Int32Array.from(permutation(count, 5, 0, number), (index) => index % 3)
  const x = Float32Array.from({ length: count * 2 }, (_, index) => {
    const centre = CENTRES[labels[index >> 1] as 0 | 1 | 2]
    return (centre[index % 2] ?? 0) + 0.5 * normal(5, 1, number * 10_000 + index)
  })
  return { count, x, labels, targets: null }
}

/** Steps (from, to], batch n for step n. Answers the costs. */
export async function train(
  engine: Engine,
  from: number,
  to: number,
  { knobs = ADAM, learningRate = 0.01, l2 = 0, count = 24 } = {},
): Promise<readonly number[]> {
  const costs: number[] = []
  for (let step = from + 1; step <= to; step++) {
    const { cost } = await engine.computeGradients(drawBatch(step, count), l2)
    engine.applyUpdate(knobs, learningRate)
    costs.push(cost)
  }
  return costs
}

/** Runs `work` with an engine and puts the engine away after it. */
export async function withEngine<T>(
  changes: Partial<EngineSpec>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await createEngine({ ...SPEC, ...changes })
  try {
    return await work(engine)
  } finally {
    await engine.dispose()
  }
}
