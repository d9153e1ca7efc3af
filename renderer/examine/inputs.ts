import type { RunInputs } from '../../core/protocol/examine.ts'

/** What the columns of a table are called; by their place where the data names none. */
export function columnNames({ shape, featureNames }: RunInputs): readonly string[] {
  const columns = shape.reduce((product, length) => product * length, 1)
  return Array.from({ length: columns }, (_, at) => featureNames?.[at] ?? `column ${at + 1}`)
}
