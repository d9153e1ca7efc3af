import { describe, expect, test } from 'vitest'
import type { Dimension } from '../../../core/protocol/space.ts'
import type { TrialSummary } from '../../../core/protocol/study.ts'
import type { ZoomRound } from '../../../core/protocol/study.ts'
import { axisOf } from '../../../renderer/search/pictures/dimension-axis.ts'
import { mapFrame, paintMap } from '../../../renderer/search/pictures/paint-map.ts'
import { mapBoxes, sideOf } from '../../../renderer/search/pictures/space-map.ts'
import { paintScatter } from '../../../renderer/search/pictures/paint-scatter.ts'
import type { Scatter } from '../../../renderer/search/pictures/paint-scatter.ts'
import { frameOf } from '../../../renderer/search/pictures/scatter-frame.ts'
import { resultRange, scatterPoints } from '../../../renderer/search/pictures/scatter.ts'
import { studyOf, trialOf } from './curves-study.ts'
import { COLORS, PALETTE, recorder } from './recording-canvas.ts'

const RATE = 'hyperparameters.learning_rate'
const RANGE: Dimension = { type: 'real', low: 1e-4, high: 1 }
const SIZE = { width: 320, height: 200 }

function painted(trials: readonly TrialSummary[], parts: Partial<Scatter> = {}) {
  const axis = axisOf(RATE, RANGE)
  const along = { path: RATE, dimension: RANGE, axis }
  const { ctx, deeds } = recorder()
  const scatter: Scatter = {
    points: scatterPoints(studyOf(trials, { best: 1 }), null, along),
    axis,
    range: resultRange(trials),
    brackets: [],
    line: null,
    isError: true,
    selected: null,
    hovered: null,
    ...parts,
  }
  paintScatter(ctx, SIZE, scatter, PALETTE, COLORS)
  return deeds
}

const done = (trial: number, rate: number, value: number) =>
  trialOf(trial, { state: 'done', point: { [RATE]: rate }, value })
const TRIALS = [
  done(1, 0.01, 0.04),
  done(2, 0.1, 0.2),
  done(3, 7, 0.1),
  trialOf(4, { state: 'diverged', point: { [RATE]: 0.5 } }),
]
const FRAME = frameOf(SIZE.width, SIZE.height, 0)

describe('the picture of one dimension', () => {
  test('writes the marks of its own scale, and errors in per cent', () => {
    const texts = painted(TRIALS).flatMap(({ name, args }) => (name === 'fillText' ? args[0] : []))

    expect(texts).toEqual(expect.arrayContaining(['1e−4', '0.01', '1', '10 %', '20 %']))
  })

  test('draws the best last, with a ring', () => {
    const discs = painted(TRIALS).filter(({ name }) => name === 'fill')
    const rings = painted(TRIALS).filter(
      ({ name, stroke }) => name === 'stroke' && stroke === 'best',
    )

    expect(discs.at(-1)?.fill).toBe('best')
    expect(rings).toHaveLength(1)
  })

  test('draws what is outside of the space hollow at its edge', () => {
    const deeds = painted([done(1, 0.01, 0.04), done(3, 7, 0.1)])

    const at = deeds.findIndex(({ name, args }) => name === 'arc' && args[0] === FRAME.right)
    expect(deeds[at + 1]?.name).toBe('stroke')
    expect(deeds[at + 1]?.stroke).toBe('ended')
  })

  test('draws a cross at the top edge for what came to no number', () => {
    const deeds = painted(TRIALS).filter(
      ({ name, stroke }) => name === 'lineTo' && stroke === 'bad',
    )

    const heights = deeds.map(({ args }) => Number(args[1]))
    expect(heights).toHaveLength(2)
    expect(Math.max(...heights.map((y) => Math.abs(y - FRAME.top)))).toBeLessThan(5)
  })

  test('draws what is believed behind the trials, and lets it leave the plot', () => {
    const line = {
      path: RATE,
      values: [1e-4, 1],
      mean: Float64Array.of(0.05, 9),
      deviation: Float64Array.of(0.01, 0.01),
    }

    const deeds = painted(TRIALS, { line })

    const clip = deeds.findIndex(({ name }) => name === 'clip')
    const firstDisc = deeds.findIndex(({ name }) => name === 'arc')
    expect(clip).toBeGreaterThan(0)
    expect(clip).toBeLessThan(firstDisc)
    const heights = deeds
      .slice(clip, firstDisc)
      .flatMap(({ name, args }) => (name === 'lineTo' ? Number(args[1]) : []))
    expect(Math.min(...heights)).toBeLessThan(FRAME.top - 100)
  })

  test('marks a round that opened in another colour than one that closed in', () => {
    const brackets = [
      { from: 0, to: 1, isWidened: false },
      { from: 0.2, to: 0.6, isWidened: true },
    ]

    const deeds = painted(TRIALS, { brackets })

    const below = frameOf(SIZE.width, SIZE.height, 2).bottom
    const colors = deeds
      .filter(({ name, args }) => name === 'lineTo' && Number(args[1]) > below)
      .map(({ stroke }) => stroke)
    expect(new Set(colors)).toEqual(new Set(['muted', 'dev']))
  })

  test('draws rings around the selected trial and the one under the pointer', () => {
    const rings = painted(TRIALS, { selected: 2, hovered: 3 }).filter(
      ({ name, stroke }) => name === 'stroke' && stroke === 'ink',
    )

    expect(rings).toHaveLength(2)
  })

  test('has its axis before any trial has a result', () => {
    const texts = painted([]).flatMap(({ name, args }) => (name === 'fillText' ? args[0] : []))

    expect(texts).toEqual(['1e−4', '0.001', '0.01', '0.1', '1'])
  })
})

describe('a painted map', () => {
  test('numbers its boxes side by side, where they share a corner', () => {
    const UNITS = 'network.layers.0.units'
    const space = { [RATE]: RANGE, [UNITS]: { type: 'integer', low: 1, high: 100 } } as const
    const { config } = studyOf([], {}, { space })
    const across = sideOf({ config }, RATE, 'rate')
    const up = sideOf({ config }, UNITS, 'units')
    if (across === null || up === null) throw new Error('both are searched')
    const side = (path: string, low: number, high: number) => ({
      path,
      low,
      high,
      isWidened: false,
    })
    const rounds = [1, 0.9, 0.8].map((most): ZoomRound => ({
      from: 1,
      to: 2,
      sides: [side(RATE, 1e-3, most), side(UNITS, 10, 90 * most)],
    }))
    const boxes = mapBoxes(rounds, across, up)
    const { ctx, deeds } = recorder()

    const drawn = { points: [], boxes, across: across.axis, up: up.axis }
    const marks = { selected: null, hovered: null, asked: null }
    paintMap(ctx, mapFrame(400, 300, up.axis), { ...drawn, ...marks }, PALETTE, () => 'ramp')

    // The axes' own words are written before the boxes.
    const written = deeds.filter(({ name }) => name === 'fillText').slice(-3)
    const at = written.map(({ args }) => Number(args[1]))
    expect(written.map(({ args }) => args[0])).toEqual(['1', '2', '3'])
    expect(at.map((x) => x - (at[0] ?? 0))).toEqual([0, 11, 22])
  })
})
