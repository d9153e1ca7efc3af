import type { RunEvent } from '../../core/protocol/run.ts'

type Metrics = Extract<RunEvent, { readonly type: 'metrics' }>

const reading = (value: number) => ({ requested: value, inForce: value, scheduled: value })

/** The steps after `step` as a session would tell them. */
export function liveMetrics(step: number, count: number, perSecond = 10_000): Metrics {
  const last = step + count
  return {
    type: 'metrics',
    branch: 'b1',
    step: last,
    firstStep: step + 1,
    costs: Float32Array.from({ length: count }, () => 0.03 + Math.random() / 20),
    epoch: (last * 64) / 8_000,
    day: 21,
    stepsPerSecond: perSecond,
    trainedMs: (last / perSecond) * 1_000,
    dayTrainedMs: 0,
    memoryBytes: 3e8,
    readings: { learning_rate: reading(0.001), batch_size: reading(64), l2: reading(0) },
  }
}
