import { describe, expect, test } from 'vitest'
import { isVitalSeries, pointsOfVitals, vitalsFromPoints } from '../../../core/protocol/vitals.ts'
import type { VitalSigns } from '../../../core/protocol/vitals.ts'
import { NOISY, newBench } from './harness.ts'

const layer = (name: string, deadShare: number | null) => ({
  layer: name,
  preActivationMean: 0.25,
  preActivationDeviation: 1.5,
  deadShare,
})
const SIGNS: VitalSigns = {
  step: 7,
  layers: [layer('layer2', 0.5), layer('layer10', null), layer('layer10.1', 0)],
  parameters: [
    { name: 'layer2.weight', gradientNorm: 3, updateRatio: 0.001 },
    { name: 'layer2.gamma', gradientNorm: 5, updateRatio: 0.003 },
    { name: 'layer2.beta', gradientNorm: 6, updateRatio: 0.004 },
    { name: 'layer10.1.weight', gradientNorm: 4, updateRatio: 0.002 },
  ],
}

describe('the series of vital signs', () => {
  test('hold all that the signs are, in the order of the layers', () => {
    const points = pointsOfVitals(SIGNS)

    expect(points).toContainEqual(['layer2/dead_share', 0.5])
    expect(points).toContainEqual(['layer2.weight/update_ratio', 0.001])
    expect(vitalsFromPoints(7, points.toReversed())).toEqual(SIGNS)
    expect(points.every(([series]) => isVitalSeries(series))).toBe(true)
  })

  test('have names that nothing else has', () => {
    for (const name of ['cost', 'layer1/cost', 'layer1.weight', 'x/dead_share', '']) {
      expect(isVitalSeries(name)).toBe(false)
    }
    expect(vitalsFromPoints(1, [])).toBeNull()
  })
})

describe('a run', () => {
  const EVERY = { ...NOISY, vitals_every: { steps: 4 }, day: { steps: 10 } }

  test('takes its vital signs at its first step and at every fourth', async () => {
    const { create, train, host } = newBench()
    await create('r', EVERY)
    await train('r', { steps: 9 })

    const ratio = await host.handlers['run:series']('r', { metric: 'layer1.weight/update_ratio' })
    const { vitals } = await host.handlers['run:show']('r')

    expect([...ratio.step]).toEqual([1, 4, 8])
    expect(ratio.mean.every((value) => value > 0 && value < 1)).toBe(true)
    expect(vitals?.step).toBe(8)
    expect(vitals?.parameters.map(({ name }) => name)).toContain('layer1.weight')
    expect(vitals?.layers[0]?.preActivationDeviation).toBeGreaterThan(0)
    expect(vitals?.layers[0]?.deadShare).toBeGreaterThanOrEqual(0)
  })

  test('tells them, and a resting run still has the latest', async () => {
    const bench = newBench()
    await bench.create('r', EVERY)
    await bench.train('r', { steps: 5 })
    const live = (await bench.host.handlers['run:show']('r')).vitals
    await bench.close()

    const resting = (await bench.another().host.handlers['run:show']('r')).vitals

    const told = bench.events.filter((event) => event.type === 'vitals')
    expect(told.at(-1)).toMatchObject({ branch: 'b1', step: 5, vitals: { step: 4 } })
    expect(resting?.step).toBe(4)
    expect(resting).toEqual(live)
  })

  test('has, once it went back, those of where it went back to', async () => {
    const { create, train, host } = newBench()
    await create('r', EVERY)
    await train('r', { steps: 10 })
    const then = (await host.handlers['run:show']('r')).vitals
    await train('r', { steps: 6 })
    await host.handlers['run:rollback']('r', '1', { knobs: 'then' })

    const now = (await host.handlers['run:show']('r')).vitals

    expect(then?.step).toBe(8)
    expect(now).toEqual(then)
  })

  test('is replayed bit for bit with vital signs taken in between', async () => {
    const { create, train, host } = newBench()
    await create('r', EVERY)
    await train('r', { days: 2 })

    const verified = await host.handlers['run:verify']('r', null)

    expect(verified.map(({ identical }) => identical)).toEqual([true, true])
  })

  test('refuses a metric that there cannot be', async () => {
    const { create, host } = newBench()
    await create('r')

    await expect(async () =>
      host.handlers['run:series']('r', { metric: 'layer1.weight/nonsense' }),
    ).rejects.toMatchObject({ code: 'protocol/bad-request' })
  })
})
