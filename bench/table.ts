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

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** The table in Markdown, under its title. */
export const markdownOf = ({ title, columns, rows, note }: Table): string =>
  [
    `## ${title}`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
    '',
    ...(note === undefined ? [] : [note, '']),
  ].join('\n')
