import { describe, expect, test } from 'vitest'
import type { RunSnapshot } from '../../../core/protocol/run.ts'
import { PandaError, toWireError } from '../../../core/errors.ts'
import { etaOf, formatEta } from '../../../renderer/health/eta.ts'
import { faultOf } from '../../../renderer/health/fault.ts'
import { healthOf } from '../../../renderer/health/health.ts'
import { layerTitle, tensorName } from '../../../renderer/health/layer-names.ts'
import { judgeDead, judgeUpdate, placeOnTrack } from '../../../renderer/health/signs.ts'
import { SIGNS, layersOf } from '../../../renderer/health/vital-rows.ts'
import { bandOf, rangeOf } from '../../../renderer/health/vital-series.ts'
import { firstSnapshot } from '../fake-run.ts'

const running = (more: Partial<RunSnapshot> = {}): RunSnapshot => ({
  ...firstSnapshot(),
  state: { kind: 'running' },
  step: 100,
  epoch: 0.8,
  stepsPerSecond: 50,
  ...more,
})

describe('the status word', () => {
  test('a finished run says so, a paused one who paused it', () => {
    const paused = (reason: 'asked' | 'amount-reached') =>
      healthOf({ ...firstSnapshot(), state: { kind: 'paused', reason } })

    expect(paused('amount-reached').word).toBe('Finished')
    expect(paused('asked').reason).toContain('by you')
  })

  test('a pause says when, by weekday and hour', () => {
    const at = new Date(2026, 4, 5, 14, 5).getTime()
    const entry = { id: 2, at, branch: 'b1', step: 100, kind: 'paused', reason: 'asked' } as const
    const snapshot = running({
      state: { kind: 'paused', reason: 'asked' },
      journal: [...firstSnapshot().journal, entry],
    })

    expect(healthOf(snapshot).reason).toMatch(/^by you, .*Tue.*0?[25]:05/)
  })

  test('an undone nudge, a refused step and a crash name the step', () => {
    const at = (reason: 'rolled-back' | 'not-finite' | 'recovered') =>
      healthOf(running({ step: 1_200, state: { kind: 'paused', reason } }))

    expect(at('rolled-back').reason).toContain('to step 1\u202f200')
    expect(at('not-finite')).toMatchObject({
      tone: 'bad',
      reason: 'step 1\u202f201 was not finite, refused',
    })
    expect(at('recovered')).toMatchObject({ tone: 'warn' })
  })

  test('a run without accuracy is judged by its cost alone', () => {
    const health = healthOf(running({ devCost: 0.25, devAccuracy: null }))

    expect(health).toEqual({ word: 'Learning', reason: 'dev cost 0.250', tone: 'good' })
  })

  test('what the curves say comes before what the days say', () => {
    const train = Array.from({ length: 100 }, (_, i) => ({
      step: i + 1,
      mean: i < 60 ? 0.3 : 0.3 * 1.1 ** (i - 60),
    }))

    const health = healthOf(running(), { train: () => train, dev: () => [] })

    expect(health.word).toBe('Diverging')
    expect(healthOf(running()).word).toBe('Learning')
  })
})

describe('when it will be done', () => {
  test('steps to a goal, at the present pace', () => {
    const eta = etaOf(running({ goal: { kind: 'step', step: 600 } }))

    expect(eta).toEqual({ label: 'step 600 in', ms: 10_000 })
    expect(eta && formatEta(eta)).toBe('10 s')
  })

  test('the end of a day in epochs', () => {
    expect(etaOf(running())).toEqual({ label: 'day 1 ends in', ms: 500 })
  })

  test('days to come count whole, the open one for what is left of it', () => {
    expect(etaOf(running({ goal: { kind: 'day', day: 3 } }))).toEqual({
      label: 'day 3 ends in',
      ms: 500 + 2 * 2_500,
    })
  })

  test('an epoch is as many steps as the batch in force makes of it', () => {
    const { readings } = firstSnapshot()
    const batch = { requested: 128, inForce: 128, scheduled: 128 }
    const goal = { kind: 'epoch', epoch: 1.8 } as const

    expect(etaOf(running({ goal }))?.ms).toBeCloseTo(2_500, 6)
    expect(etaOf(running({ goal, readings: { ...readings, batch_size: batch } }))?.ms).toBeCloseTo(
      1_250,
      6,
    )
  })

  test('right after a resume there is no pace yet, and no nonsense', () => {
    const eta = etaOf(running({ stepsPerSecond: null }))

    expect(eta && formatEta(eta)).toBe('…')
  })

  test('the end of a day in hours needs no pace', () => {
    const { facts } = firstSnapshot()
    const config = { ...facts.config, day: { hours: 24 } }
    const eta = etaOf(
      running({ stepsPerSecond: null, facts: { ...facts, config }, dayTrainedMs: 3_600_000 }),
    )

    expect(eta && formatEta(eta)).toBe('23 h')
  })

  test('a run that stands still has none', () => {
    expect(etaOf(firstSnapshot())).toBeNull()
  })
})

describe('what is wrong, the most serious first', () => {
  const error = toWireError(new PandaError('store/disk-full', 'the disk is full', 'Make room.'))
  const failed: RunSnapshot = { ...firstSnapshot(), state: { kind: 'failed', error } }

  test('nothing, while nothing is', () => {
    expect(faultOf(firstSnapshot(), null, false)).toBeNull()
  })

  test('nothing is known while the connection is lost: the window says that, and not each view', () => {
    expect(faultOf(failed, error, true)).toBeNull()
  })

  test('a failed session can be opened again', () => {
    expect(faultOf(failed, null, false)).toEqual({
      message: 'The disk is full.',
      remedy: 'Make room.',
      ways: ['reopen', 'home'],
    })
  })

  test('when opening it again is refused too, both are said', () => {
    const locked = toWireError(
      new PandaError('session/locked', 'another Panda has it', 'Close it.'),
    )

    expect(faultOf(failed, locked, false)).toMatchObject({
      message: 'The disk is full. Opening it again failed: Another Panda has it.',
      remedy: 'Close it.',
    })
  })

  test('a run that cannot be shown can be asked for again or left', () => {
    const newer = toWireError(
      new PandaError('store/newer-version', 'made by a newer Panda', 'Update.'),
    )

    expect(faultOf(null, newer, false)?.ways).toEqual(['retry', 'home'])
    expect(faultOf(firstSnapshot(), newer, false)?.ways).toEqual(['retry'])
  })

  test('a run that is gone leads home', () => {
    const gone = toWireError(new PandaError('session/no-such-run', 'there is no run "d"', null))

    expect(faultOf(firstSnapshot(), gone, false)?.ways).toEqual(['home'])
  })
})

describe('vital signs', () => {
  test('layers are called what they are', () => {
    const { config } = firstSnapshot().facts

    expect(layerTitle(config, 'layer1')).toBe('Layer 1 · dense 256 relu')
    expect(layerTitle(config, 'layer9')).toBe('Layer 9')
    const layers = [
      { ...config.network.layers[0]!, batch_norm: true },
    ] as typeof config.network.layers
    const normed = { ...config, network: { ...config.network, layers } }
    expect(layerTitle(normed, 'layer1')).toBe('Layer 1 · dense 256 relu, batch norm')
    expect(tensorName('layer5.1.query_key_value')).toBe('query key value')
  })

  test('an update of a thousandth is healthy, and each side of it has its word', () => {
    expect([1e-6, 5e-5, 1e-3, 1e-2, 0.5, NaN].map((ratio) => judgeUpdate(ratio).word)).toEqual([
      'stands still',
      'low',
      'healthy',
      'high',
      'far too high',
      'not finite',
    ])
    expect([0.01, 0.2, 0.4].map((share) => judgeDead(share).tone)).toEqual(['good', 'warn', 'bad'])
    expect([0, 1e-6, 1e-3, 1, 9].map(placeOnTrack)).toEqual([0, 0, 0.5, 1, 1])
  })

  test('each sign draws what there is of it, layers in order', () => {
    const layers = layersOf({
      step: 1,
      layers: [
        { layer: 'layer10', preActivationMean: 0, preActivationDeviation: 1, deadShare: null },
        { layer: 'layer2', preActivationMean: 0, preActivationDeviation: 1, deadShare: 0.1 },
      ],
      parameters: [{ name: 'layer2.weight', gradientNorm: 1, updateRatio: 1e-3 }],
    })

    expect(layers.map(({ layer }) => layer)).toEqual(['layer2', 'layer10'])
    expect(SIGNS.dead.charts(layers).map(({ metrics }) => metrics)).toEqual([['layer2/dead_share']])
    expect(SIGNS.activations.charts(layers)).toHaveLength(2)
    expect(SIGNS.updates.charts(layers)[0]?.metrics).toEqual(['layer2.weight/update_ratio'])
    expect(layersOf(null)).toEqual([])
  })

  test('mean and deviation make a band, and charts beside each other one range', () => {
    const series = (mean: readonly number[]) => ({
      metric: 'm',
      branch: 'b1' as const,
      step: Float64Array.of(1, 2),
      min: Float64Array.from(mean),
      max: Float64Array.from(mean),
      mean: Float64Array.from(mean),
    })
    const pair = [series([0, 1]), series([1, 2])]

    expect([...(bandOf(pair)?.min ?? [])]).toEqual([-1, -1])
    expect(rangeOf(pair, true, false)).toEqual({ min: -1, max: 3 })
    expect(rangeOf([series([0, 10]), null], false, true)).toEqual({ min: 10, max: 10 })
    expect(rangeOf([null], false, false)).toBeNull()
  })
})
