import { describe, expect, test } from 'vitest'
import { notesOn } from '../../cli/search/space-notes.ts'
import type { SearchSpace } from '../../core/protocol/space.ts'
import type { StudyConfig } from '../../core/protocol/study.ts'
import { studyOf } from '../renderer/search/curves-study.ts'

const RATE = 'hyperparameters.learning_rate'
const BETA = 'hyperparameters.beta1'
const UNITS = 'network.layers.0.units'
const OTHER_UNITS = 'network.layers.1.units'

const notes = (space: SearchSpace, settings: Partial<StudyConfig> = {}) =>
  notesOn(studyOf([], {}, { space, ...settings }).config)

describe('notes on a space', () => {
  test('a range that its scale cannot reach is searched evenly, which is said', () => {
    const told = notes({
      [RATE]: { type: 'real', low: 0, high: 1 },
      [BETA]: { type: 'real', low: 0, high: 1 },
    })

    expect(told).toEqual([
      'beta1 is drawn on a linear scale, as that of 1 − β cannot reach 1: nine in ten of its values lie ' +
        'below 0.9. End below 1, or say that it is meant: "scale": "linear".',
      'learning_rate is drawn on a linear scale, as a logarithm cannot reach 0: nine in ten of its values lie ' +
        'above 0.1. Start above 0, or say that it is meant: "scale": "linear".',
    ])
  })

  test('what is meant, or has its own scale, needs no word', () => {
    const told = notes({
      [RATE]: { type: 'real', low: 0, high: 1, scale: 'linear' },
      [BETA]: { type: 'real', low: 0.5, high: 0.999 },
      [UNITS]: { type: 'integer', low: 4, high: 64 },
      optimizer: { type: 'choice', values: ['adam'] },
    })

    expect(told).toEqual([])
  })

  const GRID: SearchSpace = {
    [RATE]: { type: 'real', low: 0.001, high: 1 },
    [UNITS]: { type: 'integer', low: 4, high: 64 },
    [OTHER_UNITS]: { type: 'integer', low: 4, high: 64 },
    optimizer: { type: 'choice', values: ['adam', 'rmsprop', 'gradient_descent'] },
  }

  test('a grid with too few trials says which dimensions it leaves in the middle', () => {
    const told = notes(GRID, { method: 'grid', trials: 9 })

    expect(told).toContain(
      'the grid has 3 points, 3 of optimizer: learning_rate, 0.units and 1.units stay in the middle. ' +
        'Ask for more trials, or take another method, to search them too.',
    )
  })

  test('a grid with fewer points than trials, or more, says so', () => {
    const { [RATE]: rate, optimizer } = GRID
    const space = { ...(rate && { [RATE]: rate }), ...(optimizer && { optimizer }) }

    const fewer = notes(space, { method: 'grid', trials: 10 })
    const more = notes(space, { method: 'grid', trials: 2 })
    const whole = notes(space, { method: 'grid', trials: 9 })

    expect(fewer).toEqual([
      'the grid has 9 points, 3 of learning_rate × 3 of optimizer: the other 1 of 10 trials are left out.',
    ])
    expect(more.at(-1)).toBe(
      'the grid has 3 points, 3 of optimizer: 2 trials will see only the first of them.',
    )
    expect(whole).toEqual([])
  })

  test('with conditions nobody counts combinations that are one and the same', () => {
    const told = notes(
      {
        optimizer: { type: 'choice', values: ['adam', 'momentum'] },
        'hyperparameters.momentum': {
          type: 'real',
          low: 0.5,
          high: 0.99,
          when: { optimizer: ['momentum'] },
        },
      },
      { method: 'grid', trials: 5 },
    )

    expect(told).toEqual([])
  })

  test('only a grid has a shape', () => {
    expect(notes(GRID, { method: 'sobol', trials: 2 })).toEqual([])
  })
})
