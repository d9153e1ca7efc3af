import type { Row } from './scene.ts'

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What a reader must know to judge the figures. */
  readonly note?: string
}

/** Figures of different kinds, one to a line. */
export const tableOf = (title: string, rows: readonly Row[]): Table => ({
  title,
  columns: ['what', 'measured'],
  rows: rows.map(({ what, value }) => [what, value]),
})

/** The table in Markdown, under its title, its columns aligned. */
export function markdownOf({ title, columns, rows, note }: Table): string {
  const widths = columns.map((name, at) =>
    Math.max(3, name.length, ...rows.map((cells) => cells[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  const table = [line(columns), rule, ...rows.map(line)].join('\n')
  return [`## ${title}`, table, ...(note === undefined ? [] : [note])].join('\n\n') + '\n'
}
