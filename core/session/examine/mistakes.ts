import type { Dataset, Normalisation, Split } from '../../data/dataset.ts'
import type { Engine } from '../../engine/engine.ts'
import { predictedClasses, probabilities } from '../../nn/scores.ts'
import type { Mistake } from '../../protocol/examine.ts'
import { batchesOf } from '../batches.ts'

/** Answers below this probability cost alike: a logarithm of 0 would order nothing. */
const LEAST_PROBABILITY = 1e-30

type Judged = Omit<Mistake, 'features'>

/** The values of one example as they stand in the data; pixels 0 to 1. */
export function rawFeatures(
  split: Pick<Split, 'x'>,
  index: number,
  features: number,
  { by, mean, deviation }: Normalisation,
): Float32Array {
  const row = split.x.slice(index * features, (index + 1) * features)
  if (by === 'none') return row
  const kinds = by === 'feature' ? features : 1
  return row.map((value, at) => value * deviation[at % kinds]! + mean[at % kinds]!)
}

/** The `count` worst, worst first; of equal ones the earlier. */
function worst(judged: Judged[], count: number): readonly Judged[] {
  return judged.toSorted((a, b) => b.cost - a.cost || a.index - b.index).slice(0, count)
}

/** How one example of classes was answered; null where it was right. */
function judgeClass(
  row: Float32Array,
  guess: number,
  label: number,
  names: readonly string[],
): Omit<Judged, 'index'> | null {
  if (guess === label) return null
  const [first = NaN] = row
  // A single output is the probability of the second of two classes.
  const share = (id: number) => (row.length === 1 ? (id === 1 ? first : 1 - first) : row[id]!)
  return {
    actual: names[label] ?? String(label),
    predicted: names[guess] ?? String(guess),
    probability: share(guess),
    cost: -Math.log(Math.max(LEAST_PROBABILITY, share(label))),
  }
}

const written = (value: number) => String(Number(value.toPrecision(6)))

/**
 * The examples that cost most, by their own cross-entropy or squared error. Null for sequences, whose
 * examples have many answers each.
 */
export async function worstMistakes(
  engine: Engine,
  split: Split,
  names: readonly string[] | null,
  data: Pick<Dataset, 'features' | 'normalisation' | 'targetsPerExample'>,
  count: number,
): Promise<readonly Mistake[] | null> {
  if (data.targetsPerExample > 1) return null
  if (count === 0) return [] // nobody asked: a pass over the set is saved
  const columns = engine.plan.outputShape.at(-1) ?? 1
  const judged: Judged[] = []
  let index = 0
  for (const batch of batchesOf(split)) {
    const outputs = await engine.predict(batch)
    const shares = names === null ? outputs : probabilities(outputs, columns)
    const guesses = names === null ? null : predictedClasses(outputs, columns)
    for (let row = 0; row < outputs.length / columns; row++, index++) {
      if (names !== null && guesses !== null) {
        const own = shares.subarray(row * columns, (row + 1) * columns)
        const found = judgeClass(own, guesses[row]!, split.labels?.[index] ?? -1, names)
        if (found !== null) judged.push({ index, ...found })
      } else {
        const [actual, predicted] = [split.targets?.[index] ?? NaN, outputs[row * columns] ?? NaN]
        const cost = (predicted - actual) ** 2
        const words = { actual: written(actual), predicted: written(predicted) }
        judged.push({ index, ...words, probability: null, cost })
      }
    }
  }
  return worst(judged, count).map((one) => ({
    ...one,
    features: rawFeatures(split, one.index, data.features, data.normalisation),
  }))
}
