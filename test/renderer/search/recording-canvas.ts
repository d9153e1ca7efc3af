import type { Palette } from '../../../renderer/chart/palette.ts'

/** Each look of a trial in a colour of its own name. */
export const COLORS = {
  best: 'best',
  selected: 'selected',
  running: 'running',
  ended: 'ended',
  behind: 'behind',
  bad: 'bad',
  idle: 'idle',
}

/** Each token as a colour of its own name. */
export const PALETTE: Palette = {
  train: 'train',
  band: 'band',
  raw: 'raw',
  dev: 'dev',
  ghost: 'ghost',
  grid: 'grid',
  day: 'day',
  ink: 'ink',
  muted: 'muted',
  ground: 'ground',
  accent: 'accent',
  bad: 'bad',
  font: 'font',
}

/** How wide a letter is on a recorded canvas. */
export const LETTER = 6

/** Something that was done on a canvas, with the pen of that moment. */
export interface Deed {
  readonly name: string
  readonly args: readonly unknown[]
  readonly stroke: unknown
  readonly fill: unknown
  readonly wide: unknown
}

/** A context that draws nothing and remembers what it was told. */
export function recorder() {
  const deeds: Deed[] = []
  const state: Record<string, unknown> = {}
  const ctx = new Proxy(state, {
    get: (_, name) => {
      if (name === 'measureText') return (text: string) => ({ width: LETTER * text.length })
      return (...args: unknown[]) => {
        const { strokeStyle: stroke, fillStyle: fill, lineWidth: wide } = state
        deeds.push({ name: String(name), args, stroke, fill, wide })
      }
    },
  })
  return { ctx: ctx as unknown as CanvasRenderingContext2D, deeds }
}
