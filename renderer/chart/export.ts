import { download, fileNameOf } from '../ui/download.ts'
import type { CurveData, Range } from './curve-data.ts'
import type { PlacedFlag } from './place-flags.ts'
import type { Palette } from './palette.ts'

const fileName = (run: string, ending: string) => `${fileNameOf(run)}-cost.${ending}`

const cell = (value: number) => (Number.isNaN(value) ? 'NaN' : String(value))

/**
 * The part in view as CSV: a line per point that is drawn, `step` its last step; the dev cost where it was
 * measured. NaN and Infinity are written as such.
 */
export function csvOf(curves: CurveData, { from, to }: Range): string {
  const isIn = (step: number) => step >= from && step <= to
  const dev = new Map(curves.dev().map(({ x, y }) => [x, y]))
  const train = new Map(curves.train().map((bucket) => [bucket.step, bucket]))
  const steps = [...new Set([...train.keys(), ...dev.keys()])].filter(isIn).sort((a, b) => a - b)
  const lines = steps.map((step) => {
    const bucket = train.get(step)
    const cost =
      bucket === undefined ? ['', '', ''] : [bucket.min, bucket.max, bucket.mean].map(cell)
    const measured = dev.get(step)
    return [step, ...cost, measured === undefined ? '' : cell(measured)].join(',')
  })
  return ['step,train_min,train_max,train_mean,dev', ...lines, ''].join('\n')
}

export function saveCsv(run: string, curves: CurveData, range: Range): void {
  download(fileName(run, 'csv'), new Blob([csvOf(curves, range)], { type: 'text/csv' }))
}

interface Picture {
  readonly run: string
  readonly title: string
  /** The way along, in words. */
  readonly axisTitle: string
  /** From top to bottom, all of one width, drawn at the screen's own resolution. */
  readonly canvases: readonly HTMLCanvasElement[]
  readonly labels: readonly string[]
  readonly flags: readonly PlacedFlag[]
  readonly flagsTop: number
  readonly palette: Palette
}

const HEAD = 40
const FOOT = 26

/** The curve and its small plots as one picture on the theme's ground. */
export async function savePng(picture: Picture): Promise<void> {
  const { run, title, axisTitle, canvases, labels, flags, flagsTop, palette } = picture
  const scale = window.devicePixelRatio || 1
  const width = Math.max(1, ...canvases.map((one) => one.width)) / scale
  const height = canvases.reduce((sum, one) => sum + one.height, 0) / scale + HEAD + FOOT
  const sheet = document.createElement('canvas')
  sheet.width = Math.round(width * scale)
  sheet.height = Math.round(height * scale)
  const ctx = sheet.getContext('2d')
  if (ctx === null) throw new Error('this browser draws no canvas')
  ctx.scale(scale, scale)
  ctx.fillStyle = palette.ground
  ctx.fillRect(0, 0, width, height)
  ctx.fillStyle = palette.ink
  ctx.font = `600 14px ${palette.font}`
  ctx.textBaseline = 'middle'
  ctx.fillText(title, 12, HEAD / 2)
  let top = HEAD
  for (const [i, canvas] of canvases.entries()) {
    ctx.drawImage(canvas, 0, top, canvas.width / scale, canvas.height / scale)
    ctx.font = `11px ${palette.font}`
    ctx.fillStyle = palette.muted
    ctx.fillText(labels[i] ?? '', 64, top + 10)
    top += canvas.height / scale
  }
  for (const { flags: group, left, row } of flags) {
    const text = group.length > 1 ? `${group.length} marks` : group[0].label
    ctx.fillText(text, left + 4, HEAD + flagsTop + row * 20 + 10)
    ctx.fillRect(left, HEAD + flagsTop, 1, 60)
  }
  ctx.fillStyle = palette.muted
  ctx.textAlign = 'right'
  ctx.fillText(axisTitle, width - 12, height - FOOT / 2)
  const blob = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, 'image/png'))
  if (blob === null) throw new Error('the picture could not be made')
  download(fileName(run, 'png'), blob)
}
