import { describe, expect, test } from 'vitest'
import { applyChanges, changesOf, readingsOf } from '../../../core/session/knobs.ts'

const ADAM = {
  learning_rate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0,
  batch_size: 64,
  learning_rate_decay: 1,
}

describe('nudges', () => {
  test('a nudge says what it changes and leaves the rest', () => {
    const changes = changesOf({ learning_rate: 0.02 }, ADAM, 'adam', 1000)

    expect(changes).toEqual([{ name: 'learning_rate', from: 0.01, to: 0.02 }])
    expect(applyChanges(ADAM, changes)).toEqual({ ...ADAM, learning_rate: 0.02 })
  })

  test.each([
    [{ momentum: 0.9 }, 'session/unknown-hyperparameter', /adam has no momentum/],
    [{ learning_rate: -1 }, 'session/invalid-value', /at least 0/],
    [{ learning_rate: Number.NaN }, 'session/invalid-value', /finite/],
    [{ beta1: 1 }, 'session/invalid-value', /below 1/],
    [{ batch_size: 1.5 }, 'session/invalid-value', /whole/],
    [{ batch_size: 2000 }, 'session/invalid-value', /1000 examples/],
    [{}, 'session/invalid-value', /no hyperparameter/],
  ])('%j is refused', (requested, code, message) => {
    expect(() => changesOf(requested, ADAM, 'adam', 1000)).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    )
  })
})

test('readings tell the base value from what the schedule makes of it', () => {
  const readings = readingsOf(ADAM, 3.7)

  expect(readings.learning_rate).toEqual({ requested: 0.01, inForce: 0.01, scheduled: 0.0025 })
  expect(readings.beta1).toEqual({ requested: 0.9, inForce: 0.9, scheduled: 0.9 })
})
