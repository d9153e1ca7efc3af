/** `align` defaults to left; numbers read best aligned to the right. */
export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly text: (row: Row) => string
}

/** Lines of aligned columns under their titles. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.text(row)))
  const lines = [columns.map((column) => column.title), ...cells]
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => [...(line[index] ?? '')].length)),
  )
  const pad = (text: string, index: number): string => {
    // Counted in code points: padStart counts UTF-16 units and would shift names with astral letters.
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - [...text].length))
    return columns[index]?.align === 'right' ? space + text : text + space
  }
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** A name from data, for one cell of a table: in quotes where it is blank or would break the line. */
export const formatName = (name: string): string =>
  /^[^\p{C}\s]([^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\s])?$/u.test(name)
    ? name
    : JSON.stringify(name).replace(
        /[\p{C}\p{Zl}\p{Zp}]/gu,
        (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
      )

/** Lines of "name  value", values aligned. */
export function formatPairs(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}
