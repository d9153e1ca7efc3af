import { sizeOf } from '../../../core/tape/shapes.ts'
import type { OpName, Value } from '../../../core/tape/value.ts'
import { IMAGE_MEANINGS } from './images/meanings.ts'
import { ELEMENTWISE_MEANINGS } from './meanings/elementwise.ts'
import { MATRIX_MEANINGS } from './meanings/matrices.ts'
import type { Meaning, Meanings, Numbers } from './meanings/numbers.ts'
import { ROW_MEANINGS } from './meanings/rows.ts'
import { SHAPE_MEANINGS } from './meanings/shapes.ts'

/** What each op means, in plain float64: slow, and written without a look at the rules. */
const MEANINGS: Meanings = {
  ...ELEMENTWISE_MEANINGS,
  ...MATRIX_MEANINGS,
  ...ROW_MEANINGS,
  ...SHAPE_MEANINGS,
  ...IMAGE_MEANINGS,
}

/** Computes values of a tape from what is fed to its inputs. */
export function interpret(
  outputs: readonly Value[],
  feeds: ReadonlyMap<string, Float64Array>,
): readonly Float64Array[] {
  const known = new Map<Value, Numbers>()
  const needed = neededFor(outputs)
  for (const value of outputs[0]?.tape.values ?? []) {
    if (!needed.has(value)) continue
    known.set(value, { shape: value.shape, values: numbersOf(value, known, feeds) })
  }
  return outputs.map((output) => known.get(output)?.values ?? new Float64Array())
}

function neededFor(outputs: readonly Value[]): ReadonlySet<Value> {
  const needed = new Set<Value>(outputs)
  // A set is walked on to what is added while it is walked.
  for (const value of needed) {
    if (value.kind === 'result') for (const input of value.inputs) needed.add(input)
  }
  return needed
}

function numbersOf(
  value: Value,
  known: ReadonlyMap<Value, Numbers>,
  feeds: ReadonlyMap<string, Float64Array>,
): Float64Array {
  if (value.kind === 'constant') return Float64Array.of(value.number)
  if (value.kind === 'tensor') return Float64Array.from(value.values)
  if (value.kind === 'input') {
    const fed = feeds.get(value.name)
    if (fed?.length !== sizeOf(value.shape)) throw new Error(`${value.name} is not fed rightly`)
    return fed
  }
  const inputs = value.inputs.map((input) => known.get(input) as Numbers)
  return (MEANINGS[value.op] as Meaning<OpName>)(inputs, value.attributes as never, value.shape)
}
