import { describe, expect, test } from 'vitest'
import { runConfig } from '../../../core/protocol/config.ts'
import { applyChanges, changesOf, completed, readingsOf } from '../../../core/session/knobs.ts'

const configOf = (settings: object = {}) =>
  runConfig.parse({
    data: { sample: 'digits' },
    network: { layers: [{ type: 'dense', units: 10 }] },
    loss: 'sparse_categorical_cross_entropy',
    optimizer: 'adam',
    ...settings,
  })

const ADAM = {
  learning_rate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0,
  batch_size: 64,
  clip_norm: 0,
  learning_rate_decay: 1,
  warmup_steps: 0,
}

describe('nudges', () => {
  test('a nudge says what it changes and leaves the rest', () => {
    const changes = changesOf({ learning_rate: 0.02 }, ADAM, configOf(), 1000)

    expect(changes).toEqual([{ name: 'learning_rate', from: 0.01, to: 0.02 }])
    expect(applyChanges(ADAM, changes)).toEqual({ ...ADAM, learning_rate: 0.02 })
  })

  test.each([
    [{ momentum: 0.9 }, 'session/unknown-hyperparameter', /adam.* has no momentum/],
    [{ decay_factor: 0.9 }, 'session/unknown-hyperparameter', /inverse_time.* no decay_factor/],
    [{ dropout: 0.5 }, 'session/unknown-hyperparameter', /no dropout/],
    [{ learning_rate: -1 }, 'session/invalid-value', /at least 0/],
    [{ learning_rate: Number.NaN }, 'session/invalid-value', /finite/],
    [{ beta1: 1 }, 'session/invalid-value', /below 1/],
    [{ batch_size: 1.5 }, 'session/invalid-value', /whole/],
    [{ batch_size: 2000 }, 'session/invalid-value', /1000 examples/],
    [{}, 'session/invalid-value', /no hyperparameter/],
  ])('%j is refused', (requested, code, message) => {
    expect(() => changesOf(requested, ADAM, configOf(), 1000)).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    )
  })

  test('a run of a staircase with live dropout can nudge both', () => {
    const layers = [{ type: 'dropout' }, { type: 'dense', units: 10 }]
    const config = configOf({ schedule: 'staircase', network: { layers } })

    const changes = changesOf({ decay_factor: 0.1, dropout: 0.5 }, {}, config, 1000)

    expect(changes.map(({ name, to }) => [name, to])).toEqual([
      ['decay_factor', 0.1],
      ['dropout', 0.5],
    ])
  })
})

describe('readings', () => {
  test('tell the base value from what the schedule makes of it', () => {
    const readings = readingsOf(configOf(), ADAM, { epoch: 3.7, step: 100 })

    expect(readings.learning_rate).toEqual({ requested: 0.01, inForce: 0.01, scheduled: 0.0025 })
    expect(readings.beta1).toEqual({ requested: 0.9, inForce: 0.9, scheduled: 0.9 })
  })

  test('of the learning rate rise with each step of the warm-up', () => {
    const knobs = { ...ADAM, learning_rate_decay: 0, warmup_steps: 4 }

    const scheduled = [0, 1, 2, 3, 4].map(
      (step) => readingsOf(configOf(), knobs, { epoch: 0, step }).learning_rate?.scheduled,
    )

    expect(scheduled).toEqual([0.0025, 0.005, 0.0075, 0.01, 0.01])
  })

  test('of what an older checkpoint lacks are those that change nothing', () => {
    const { clip_norm: _, warmup_steps: __, ...old } = ADAM

    const readings = readingsOf(configOf(), old, { epoch: 0, step: 0 })

    expect(completed(old, configOf())).toEqual(ADAM)
    expect(readings.clip_norm?.inForce).toBe(0)
    expect(readings.warmup_steps?.inForce).toBe(0)
    expect(changesOf({ clip_norm: 1 }, old, configOf(), 1000)).toEqual([
      { name: 'clip_norm', from: 0, to: 1 },
    ])
  })
})
