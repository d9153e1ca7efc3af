/** What a classifier got right and wrong. */
export interface ClassScores {
  /** confusion[actual][predicted] */
  readonly confusion: readonly (readonly number[])[]
  /** Null where nothing was predicted, or nothing was there, to take a share of. */
  readonly perClass: readonly {
    readonly precision: number | null
    readonly recall: number | null
    readonly count: number
  }[]
  readonly accuracy: number
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** Compares class ids, place for place. */
export function scoreClasses(
  predicted: Int32Array,
  actual: Int32Array,
  classes: number,
): ClassScores {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  actual.forEach((label, place) => {
    const row = confusion[label]
    const guess = predicted[place] ?? -1
    if (row?.[guess] === undefined) throw new Error(`no class ${label} or ${guess} of ${classes}`)
    row[guess]++
  })
  const rowSums = confusion.map((row) => row.reduce((sum, n) => sum + n, 0))
  const columnSums = confusion.map((_, k) => confusion.reduce((sum, row) => sum + (row[k] ?? 0), 0))
  const hits = confusion.map((row, k) => row[k] ?? 0)
  return {
    confusion,
    perClass: hits.map((hit, k) => ({
      precision: share(hit, columnSums[k] ?? 0),
      recall: share(hit, rowSums[k] ?? 0),
      count: rowSums[k] ?? 0,
    })),
    accuracy: hits.reduce((sum, hit) => sum + hit, 0) / actual.length,
  }
}

/** Where the largest of `count` values from `from` on stands, counted from there; the first of equals. */
export function indexOfLargest(values: Float32Array, from: number, count: number): number {
  let largest = 0
  for (let index = 1; index < count; index++) {
    if (values[from + index]! > values[from + largest]!) largest = index
  }
  return largest
}

/** The class of each row of logits: the largest; of a single column, 1 where the logit is above 0. */
export function predictedClasses(outputs: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: outputs.length / columns }, (_, row) => {
    const from = row * columns
    return columns === 1 ? Number(outputs[from]! > 0) : indexOfLargest(outputs, from, columns)
  })
}

/** Softmax of each row of logits; of a single column, the sigmoid. */
export function probabilities(outputs: Float32Array, columns: number): Float32Array {
  if (columns === 1) return outputs.map((z) => 1 / (1 + Math.exp(-z)))
  const shares = new Float32Array(outputs.length)
  for (let from = 0; from < outputs.length; from += columns) {
    const row = outputs.subarray(from, from + columns)
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity)
    const powers = Float64Array.from(row, (z) => Math.exp(z - largest))
    const sum = powers.reduce((a, b) => a + b, 0)
    powers.forEach((power, k) => (shares[from + k] = power / sum))
  }
  return shares
}
