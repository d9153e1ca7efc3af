import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { CurvesQuery, TrialCurve, TrialEvent } from '../../../core/protocol/study.ts'
import { MOST_POINTS, Track } from '../../../renderer/search/curves/track.ts'
import { createTrialCurves } from '../../../renderer/search/curves/trial-curves-data.ts'
import { studyOf } from './curves-study.ts'

const stretchOf = (from: number, values: readonly number[]) => {
  const mean = Float64Array.from(values)
  return { step: mean.map((_, i) => from + i), min: mean, max: mean, mean }
}
const metrics = (trial: number, from: number, values: readonly number[]): TrialEvent => ({
  type: 'metrics',
  trial,
  ...stretchOf(from, values),
})
const evaluated = (trial: number, step: number, devCost: number): TrialEvent => ({
  type: 'evaluated',
  trial,
  step,
  devCost,
  devAccuracy: 0.9,
})
const heldBy = (track: Track | undefined) => [...(track?.step.slice(0, track.length) ?? [])]
const lossy = (n: number, value = 1) => Array.from({ length: n }, () => value)

/** A source whose replies come when the test says so. */
function source() {
  const asked: CurvesQuery[] = []
  const pending: {
    readonly resolve: (curves: readonly TrialCurve[]) => void
    readonly reject: (error: unknown) => void
  }[] = []
  const failures: unknown[] = []
  const curves = createTrialCurves({
    fetch: (query) => {
      asked.push(query)
      return new Promise((resolve, reject) => pending.push({ resolve, reject }))
    },
    onFailure: (error) => failures.push(error),
  })
  const settled = () => new Promise<void>((resolve) => setTimeout(resolve))
  return {
    curves,
    asked,
    failures,
    async reply(...replies: readonly TrialCurve[]) {
      pending.shift()?.resolve(replies)
      await settled()
    },
    async fail(error: unknown) {
      pending.shift()?.reject(error)
      await settled()
    },
  }
}

describe('a track', () => {
  test('keeps order and extremes however long it grows, in bounded room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 }), {
          maxLength: 40,
        }),
        fc.integer({ min: 4, max: 50 }),
        (parts, most) => {
          const track = new Track(most)
          let at = 1
          for (const part of parts) {
            track.append(stretchOf(at, part))
            at += part.length
          }

          const values = parts.flat()
          const steps = heldBy(track)
          expect(track.length).toBeLessThanOrEqual(most)
          expect(steps).toEqual(steps.toSorted((a, b) => a - b))
          expect(new Set(steps).size).toBe(steps.length)
          expect(track.lastStep()).toBe(values.length)
          if (values.length === 0) return
          expect(Math.min(...track.min.slice(0, track.length))).toBe(Math.min(...values))
          expect(Math.max(...track.max.slice(0, track.length))).toBe(Math.max(...values))
          const sum = steps.reduce((all, _, i) => all + track.mean[i]! * track.countAt(i), 0)
          expect(sum / values.length).toBeCloseTo(
            values.reduce((all, value) => all + value, 0) / values.length,
            3,
          )
        },
      ),
    )
  })

  test('holds a million steps in as many points as pixels', () => {
    const track = new Track()

    for (let from = 1; from <= 1_000_000; from += 10_000) {
      track.append(stretchOf(from, lossy(10_000, from === 500_001 ? 77 : 1)))
    }

    expect(track.length).toBeLessThanOrEqual(MOST_POINTS)
    expect(track.length).toBeGreaterThan(MOST_POINTS / 3)
    expect(track.lastStep()).toBe(1_000_000)
    expect(Math.max(...track.max.slice(0, track.length))).toBe(77)
  })

  test('is not spoiled by what is no number', () => {
    const track = new Track(4)

    track.append(stretchOf(1, [1, Number.NaN, 3, Infinity, 5, 6, 7, 8]))

    expect(heldBy(track)).toEqual([2, 4, 6, 8])
    expect([...track.mean.slice(0, 4)]).toEqual([1, 3, 5.5, 7.5])
    expect([...track.min.slice(0, 4)]).toEqual([1, 3, 5, 7])
    expect(track.max[1]).toBe(Infinity)
  })

  test('passes over what it holds already', () => {
    const track = new Track()
    track.append(stretchOf(1, [1, 2, 3]))

    track.append(stretchOf(2, [20, 30, 40]))

    expect([...track.mean.slice(0, track.length)]).toEqual([1, 2, 3, 40])
  })

  test('says whether a cut went through a bucket', () => {
    const fine = new Track()
    fine.append(stretchOf(1, lossy(10)))
    const coarse = new Track(4)
    coarse.append(stretchOf(1, lossy(16)))

    expect(fine.cut(6)).toBe(false)
    expect(heldBy(fine)).toEqual([1, 2, 3, 4, 5])
    expect(coarse.cut(6)).toBe(true)
    expect(heldBy(coarse)).toEqual([4])
  })
})

describe('the curves of a study', () => {
  test('are asked for once, and grow by what is told', async () => {
    const { curves, asked, reply } = source()
    void curves.load(studyOf(2))
    expect(curves.stateOf('cost')).toBe('loading')
    await reply({ trial: 1, ...stretchOf(1, [3, 2]) })

    curves.take(metrics(1, 3, [1.5]))
    curves.take(metrics(2, 1, [4]))

    expect(asked).toEqual([{ metric: 'cost', points: expect.any(Number) }])
    expect(curves.stateOf('cost')).toBe('ready')
    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1, 2, 3])
    expect(heldBy(curves.tracks('cost').get(2))).toEqual([1])
  })

  test('lose nothing of what is told while they are asked for', async () => {
    const { curves, reply } = source()
    void curves.load(studyOf(1))

    curves.take(metrics(1, 3, [1.5, 1.4]))
    await reply({ trial: 1, ...stretchOf(1, [3, 2, 1.5]) })

    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1, 2, 3, 4])
  })

  test('are cut where a trial goes on from its checkpoint', async () => {
    const { curves, asked, reply } = source()
    void curves.load(studyOf(1))
    await reply({ trial: 1, ...stretchOf(1, [5, 4, 3, 2]) })

    curves.take(metrics(1, 3, [3.5]))

    const track = curves.tracks('cost').get(1)
    expect(heldBy(track)).toEqual([1, 2, 3])
    expect(track?.mean[2]).toBe(3.5)
    expect(asked).toHaveLength(1)
  })

  test('ask again for a trial of which something is missing, and for no other', async () => {
    const { curves, asked, reply } = source()
    void curves.load(studyOf(2))
    await reply({ trial: 1, ...stretchOf(1, [5]) }, { trial: 2, ...stretchOf(1, [5]) })

    curves.take(metrics(1, 100, [2]))
    expect(asked[1]).toMatchObject({ metric: 'cost', trials: [1] })
    curves.take(metrics(1, 101, [1]))
    await reply({ trial: 1, ...stretchOf(1, lossy(100, 2)) })

    const steps = heldBy(curves.tracks('cost').get(1))
    expect(steps).toEqual(Array.from({ length: 101 }, (_, i) => i + 1))
    expect(asked).toHaveLength(2)
  })

  test('do not take the thinning of one event for a gap', async () => {
    const { curves, asked, reply } = source()
    void curves.load(studyOf(1))
    await reply({ trial: 1, ...stretchOf(1, [5]) })
    const mean = Float64Array.of(4, 3, 2)
    const step = Float64Array.of(51, 101, 151)

    curves.take({ type: 'metrics', trial: 1, step, min: mean, max: mean, mean })

    expect(asked).toHaveLength(1)
    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1, 51, 101, 151])
  })

  test('change once for what is told of many trials together', async () => {
    const { curves, reply } = source()
    void curves.load(studyOf(2))
    await reply({ trial: 1, ...stretchOf(1, [5]) }, { trial: 2, ...stretchOf(1, [6]) })
    const before = curves.version()

    curves.take({ type: 'together', events: [metrics(1, 2, [4]), metrics(2, 2, [3, 2])] })

    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1, 2])
    expect(heldBy(curves.tracks('cost').get(2))).toEqual([1, 2, 3])
    expect(curves.version()).toBe(before + 1)
  })

  test('are the error where accuracy is kept, with its extremes the right way round', async () => {
    const { curves, asked, reply } = source()
    void curves.load(studyOf(1))
    await reply()
    void curves.look('dev_error')
    const [step, min, max] = [Float64Array.of(10), Float64Array.of(0.5), Float64Array.of(0.9)]
    await reply({ trial: 1, step, min, max, mean: Float64Array.of(0.75) })

    curves.take({ ...evaluated(1, 20, 0.3) })

    const track = curves.tracks('dev_error').get(1)
    expect(asked[1]).toMatchObject({ metric: 'dev_accuracy' })
    expect(heldBy(track)).toEqual([10, 20])
    expect([track?.min[0], track?.mean[0], track?.max[0]]).toEqual([expect.closeTo(0.1), 0.25, 0.5])
    expect(track?.mean[1]).toBeCloseTo(0.1)
    expect(curves.tracks('dev_cost').size).toBe(0)
  })

  test('stay as they are when they cannot be read, and say so', async () => {
    const { curves, failures, reply, fail } = source()
    void curves.load(studyOf(1))
    await reply({ trial: 1, ...stretchOf(1, [3]) })

    void curves.load(studyOf(1))
    await fail(new PandaError('session/no-such-run', 'it is gone'))

    expect(failures).toHaveLength(1)
    expect(curves.stateOf('cost')).toBe('failed')
    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1])
  })

  test('of another study never show what was asked for the first', async () => {
    const { curves, reply } = source()
    void curves.load(studyOf(1))
    void curves.load({ ...studyOf(1), study: 'other' })

    await reply({ trial: 1, ...stretchOf(1, [3]) })
    expect(curves.tracks('cost').size).toBe(0)
    await reply({ trial: 1, ...stretchOf(1, [4, 5]) })

    expect(heldBy(curves.tracks('cost').get(1))).toEqual([1, 2])
  })

  test('tell those who listen, until they stop', async () => {
    const { curves, reply } = source()
    let told = 0
    const stop = curves.subscribe(() => (told += 1))
    void curves.load(studyOf(1))
    await reply()
    const before = told

    curves.take(metrics(1, 1, [1]))
    expect(told).toBe(before + 1)
    stop()
    curves.take(metrics(1, 2, [1]))

    expect(told).toBe(before + 1)
  })
})
