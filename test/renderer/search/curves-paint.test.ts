import { describe, expect, test } from 'vitest'
import { alongOf } from '../../../renderer/search/curves/along.ts'
import { displayOf } from '../../../renderer/search/curves/display.ts'
import { layersOf } from '../../../renderer/search/curves/layers.ts'
import { paintLive } from '../../../renderer/search/curves/live-layer.ts'
import { paintAxes } from '../../../renderer/search/curves/paint-axes.ts'
import type { Curves, Ground } from '../../../renderer/search/curves/standing-layer.ts'
import { Track } from '../../../renderer/search/curves/track.ts'
import { studyOf, trialOf } from './curves-study.ts'
import { COLORS, LETTER, PALETTE, recorder } from './recording-canvas.ts'
import type { Deed } from './recording-canvas.ts'

const WIDTH = 400

const study = studyOf(
  [
    trialOf(1, { state: 'running', step: 80 }),
    trialOf(2, { state: 'done', step: 100 }),
    trialOf(3, { state: 'stopped-early', step: 30 }),
    trialOf(4, { state: 'done', step: 100 }),
  ],
  { best: 4 },
  { trials: 4, stop_early: { eta: 3, least: { steps: 10 } } },
)

function groundOf(ratio = 1): Ground {
  const frame = { left: 54, right: WIDTH - 4, top: 24, bottom: 200 }
  return {
    key: '',
    scales: { end: 100, limits: { min: 0.1, max: 10 }, isLog: true, frame },
    along: alongOf(study, 'step', ({ step }) => step),
    metric: 'cost',
    palette: PALETTE,
    colors: COLORS,
    width: WIDTH,
    height: 224,
    ratio,
  }
}

function curves(): Curves {
  const mean = Float64Array.from({ length: 20 }, (_, i) => 4 / (i + 1))
  const step = mean.map((_, i) => i + 1)
  const displays = study.trials.map(({ trial }) => {
    const track = new Track()
    track.append({ step, min: mean, max: mean, mean })
    return [trial, displayOf(track, 0)] as const
  })
  return {
    displays: new Map(displays),
    summaries: new Map(study.trials.map((summary) => [summary.trial, summary])),
  }
}

/** The lines that were stroked, without the halo below them. */
function linesOf({
  selected = null,
  hovered = null,
  ratio = 1,
}: {
  readonly selected?: number | null
  readonly hovered?: number | null
  readonly ratio?: number
}) {
  const { ctx, deeds } = recorder()
  const { live } = layersOf(study.trials, { best: study.best, selected, hovered })
  const canvas = document.createElement('canvas')
  paintLive(canvas, ctx, live, curves(), groundOf(ratio), { hovered, labels: new Map() })
  return deeds.filter(({ name, stroke }) => name === 'stroke' && stroke !== PALETTE.ground)
}
const colorsOf = (lines: readonly Deed[]) => new Set(lines.map(({ stroke }) => stroke))

describe('a line below the pointer', () => {
  test('keeps the colour of what became of its trial, and is thicker', () => {
    const lines = linesOf({ hovered: 2 })

    const [line] = lines.filter(({ stroke }) => stroke === COLORS.ended)
    expect(colorsOf(lines)).not.toContain(COLORS.selected)
    expect(line?.wide).toBeGreaterThan(1.5)
  })

  test('is told from the selected one beside it', () => {
    const lines = linesOf({ hovered: 2, selected: 3 })

    expect(colorsOf(lines)).toContain(COLORS.ended)
    expect(colorsOf(lines)).toContain(COLORS.selected)
  })

  test('comes forward even where it fell behind', () => {
    const lines = linesOf({ hovered: 3 })

    expect(colorsOf(lines)).not.toContain(COLORS.behind)
    expect(colorsOf(lines)).toContain(COLORS.ended)
  })

  test('looks selected, or the best, where it is', () => {
    const selected = linesOf({ hovered: 3, selected: 3 })
    const best = linesOf({ hovered: 4 })

    expect(colorsOf(selected)).toEqual(new Set([COLORS.running, COLORS.best, COLORS.selected]))
    expect(colorsOf(best)).toEqual(new Set([COLORS.running, COLORS.best]))
  })
})

describe('the line of a trial that runs', () => {
  const running = (ratio: number) =>
    linesOf({ ratio }).filter(({ stroke }) => stroke === COLORS.running)

  test('is never stroked wider than a pixel where a pixel of the page is one of the screen', () => {
    const lines = running(1)

    expect(lines.length).toBeGreaterThan(1)
    for (const { wide } of lines) expect(wide).toBe(1)
  })

  test('is one stroke on a finer screen', () => {
    const lines = running(2)

    expect(lines).toHaveLength(1)
    expect(lines[0]?.wide).toBeGreaterThan(1)
  })
})

describe('the words at the ends of lines', () => {
  test('can both be read where two lines end at the same place', () => {
    const { ctx, deeds } = recorder()
    const marks = { best: 4, selected: 2, hovered: null }
    const { live } = layersOf(study.trials, marks)
    const labels = new Map([
      [4, '4 · 1.00 %'],
      [2, '2 · 2.00 %'],
    ])

    const canvas = document.createElement('canvas')
    paintLive(canvas, ctx, live, curves(), groundOf(), { hovered: null, labels })

    const heightOf = (words: string) =>
      Number(deeds.find(({ name, args }) => name === 'fillText' && args[0] === words)?.args[2])
    expect(Math.abs(heightOf('4 · 1.00 %') - heightOf('2 · 2.00 %'))).toBeGreaterThanOrEqual(16)
  })
})

describe('what is written along the axes', () => {
  test('stays within the picture, also at its right end', () => {
    const { ctx, deeds } = recorder()

    paintAxes(ctx, groundOf())

    const written = deeds.filter(({ name }) => name === 'fillText')
    const atEnd = written.filter(({ args: [text] }) => text === '100')
    expect(atEnd).toHaveLength(2) // the last rung, and the last step
    for (const { args } of atEnd) {
      expect(Number(args[1]) + (LETTER * String(args[0]).length) / 2).toBeLessThanOrEqual(WIDTH)
    }
  })
})
