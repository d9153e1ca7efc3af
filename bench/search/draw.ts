import type { RegretCurve } from './regret.ts'

/** Colours that the colour-blind can tell apart (Okabe and Ito 2008). */
const COLOURS = ['#999999', '#E69F00', '#56B4E9', '#009E73', '#0072B2', '#CC79A7']
const [WIDTH, HEIGHT, COLUMNS] = [300, 190, 3]
const PLOT = { left: 46, right: 8, top: 24, bottom: 24 }

type Named = { readonly name: string; readonly curves: readonly RegretCurve[] }

function panel({ name, curves }: Named): string {
  const floor = 1e-6
  const all = curves.flatMap(({ low, high }) => [...low, ...high])
  const logs = all.map((r) => Math.log10(Math.max(r, floor)))
  const [bottom, top] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))]
  const count = curves[0]?.median.length ?? 1
  const wide = WIDTH - PLOT.left - PLOT.right
  const tall = HEIGHT - PLOT.top - PLOT.bottom
  const x = (i: number) => PLOT.left + (wide * i) / (count - 1)
  const y = (r: number) =>
    PLOT.top + tall * (1 - (Math.log10(Math.max(r, floor)) - bottom) / (top - bottom))
  const points = (values: readonly number[]) =>
    values.map((r, i) => `${x(i).toFixed(1)},${y(r).toFixed(1)}`)
  const lines = curves.map(({ median, low, high }, m) => {
    const band = [...points(low), ...points(high).toReversed()].join(' ')
    const colour = COLOURS[m] ?? '#000'
    return (
      `<polygon points="${band}" fill="${colour}" opacity="0.12"/>` +
      `<polyline points="${points(median).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.6"/>`
    )
  })
  const ticks = Array.from({ length: top - bottom + 1 }, (_, i) => bottom + i).map((power) => {
    const at = y(10 ** power).toFixed(1)
    return (
      `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
      `<text x="${PLOT.left - 5}" y="${at}" text-anchor="end" dominant-baseline="middle">1e${power}</text>`
    )
  })
  return [
    `<text x="${PLOT.left}" y="14" font-weight="bold">${name}</text>`,
    ...ticks,
    ...lines,
    `<text x="${WIDTH - PLOT.right}" y="${HEIGHT - 8}" text-anchor="end">${count} evaluations</text>`,
  ].join('\n')
}

/** Median regret against evaluations, a panel for each function, with the bootstrap's intervals. */
export function drawRegrets(all: readonly Named[]): string {
  const rows = Math.ceil(all.length / COLUMNS)
  const [width, height] = [WIDTH * COLUMNS, HEIGHT * rows + 26]
  const panels = all.map(
    (one, i) =>
      `<g transform="translate(${(i % COLUMNS) * WIDTH} ${Math.floor(i / COLUMNS) * HEIGHT})">${panel(one)}</g>`,
  )
  const legend = (all[0]?.curves ?? []).map(
    ({ method }, m) =>
      `<rect x="${PLOT.left + m * 130}" y="${height - 18}" width="14" height="4" fill="${COLOURS[m] ?? '#000'}"/>` +
      `<text x="${PLOT.left + m * 130 + 20}" y="${height - 12}">${method}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>Median regret over 30 seeds against evaluations, by method</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...panels,
    ...legend,
    '</svg>\n',
  ].join('\n')
}
