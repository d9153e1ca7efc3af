import type { BranchId, RunEvent } from '../protocol/run.ts'
import { appendMetrics } from '../store/metrics.ts'
import type { WritableDb } from '../store/db.ts'
import { pointsOfVitals } from '../protocol/vitals.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import type { Evaluation, StepMeasure } from './learner.ts'

/** The metrics of every run, besides its vital signs. Dense ones have a value for every step. */
export const METRICS = {
  cost: 'dense',
  data_cost: 'dense',
  gradient_norm: 'dense',
  learning_rate: 'sparse',
  dev_cost: 'sparse',
  dev_accuracy: 'sparse',
  /** Active training time, and time since the run was created, when a step was done: a chart's other x axes. */
  trained_seconds: 'sparse',
  wall_seconds: 'sparse',
} as const
type MetricName = keyof typeof METRICS
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[]

/** Batches of this size or age: one commit for them costs a thousandth of training (facts of the store). */
const FLUSH_ROWS = 1_000
const FLUSH_AGE_MS = 200
/** The training rate is measured over this long: a display of it should not flicker. */
const RATE_WINDOW_MS = 2_000
/** A window is told this often at the most: smoother than the eye needs, far below what a chart can take. */
const TELL_AGE_MS = 60
/** Time is put on record this often: steps between are evenly spaced to the eye. */
const TIME_AGE_MS = 1_000

/** The event of new costs, but for what the recorder adds. */
export type MetricsAt = Omit<
  Extract<RunEvent, { readonly type: 'metrics' }>,
  'type' | 'firstStep' | 'costs' | 'stepsPerSecond'
>

interface Buffer {
  readonly steps: number[]
  readonly values: number[]
}

/** Collects what steps measure, writes it in batches, and tells it in batches. */
export class Recorder {
  #buffers = new Map<string, Buffer>()
  #rows = 0
  #flushedAt: number
  #untold: number[] = []
  #untoldVitals: VitalSigns | null = null
  #toldAt: number
  #lastLearningRate: number | null = null
  /** The last step recorded here and on this branch; null before the first. */
  #lastStep: number | null = null
  #timedStep: number | null = null
  #timedAt = -Infinity
  /** When which step was told, over the rate's window. */
  #told: { readonly at: number; readonly step: number }[] = []

  constructor(now: number) {
    this.#flushedAt = now
    this.#toldAt = now
  }

  #push(metric: string, step: number, value: number): void {
    let buffer = this.#buffers.get(metric)
    if (buffer === undefined) this.#buffers.set(metric, (buffer = { steps: [], values: [] }))
    buffer.steps.push(step)
    buffer.values.push(value)
    this.#rows++
  }

  recordStep(step: number, measure: StepMeasure, learningRate: number): void {
    this.#lastStep = step
    this.#push('cost', step, measure.cost)
    if (measure.dataCost !== measure.cost) this.#push('data_cost', step, measure.dataCost)
    this.#push('gradient_norm', step, measure.gradientNorm)
    // α moves seldom: its changes are its curve.
    if (learningRate !== this.#lastLearningRate) this.#push('learning_rate', step, learningRate)
    this.#lastLearningRate = learningRate
    this.#untold.push(measure.cost)
  }

  timeDue(now: number): boolean {
    return now - this.#timedAt >= TIME_AGE_MS
  }

  /** When the last recorded step was done. A step that was taken before this session, or is timed, is left alone. */
  recordTime(now: number, trainedMs: number, wallMs: number): void {
    if (this.#lastStep === null || this.#lastStep === this.#timedStep) return
    this.#timedStep = this.#lastStep
    this.#timedAt = now
    this.#push('trained_seconds', this.#lastStep, trainedMs / 1_000)
    this.#push('wall_seconds', this.#lastStep, wallMs / 1_000)
  }

  recordEvaluation(step: number, { cost, accuracy }: Evaluation): void {
    this.#push('dev_cost', step, cost)
    if (accuracy !== null) this.#push('dev_accuracy', step, accuracy)
  }

  /** Vital signs are told with the next costs, the latest alone: more is noise to an eye. */
  recordVitals(vitals: VitalSigns): void {
    for (const [series, value] of pointsOfVitals(vitals)) this.#push(series, vitals.step, value)
    this.#untoldVitals = vitals
  }

  /** The vital signs recorded since last taken; null if there are none. */
  takeVitals(): VitalSigns | null {
    const vitals = this.#untoldVitals
    this.#untoldVitals = null
    return vitals
  }

  /** Begins a new branch: α is recorded again at its first step. */
  forget(): void {
    this.#lastLearningRate = null
    this.#lastStep = null
  }

  flushDue(now: number): boolean {
    return this.#rows >= FLUSH_ROWS || (this.#rows > 0 && now - this.#flushedAt >= FLUSH_AGE_MS)
  }

  get hasUnwritten(): boolean {
    return this.#rows > 0
  }

  /** Writes what is buffered. To be called inside a transaction; call `flushed` once it is committed. */
  write(db: WritableDb, branch: BranchId): void {
    for (const [metric, points] of this.#buffers) appendMetrics(db, branch, metric, points)
  }

  flushed(now: number): void {
    this.#buffers = new Map()
    this.#rows = 0
    this.#flushedAt = now
  }

  tellDue(now: number): boolean {
    return this.#untold.length > 0 && now - this.#toldAt >= TELL_AGE_MS
  }

  /** The costs since last told, as one event; null if there are none. */
  tell(now: number, at: MetricsAt): (RunEvent & { readonly type: 'metrics' }) | null {
    if (this.#untold.length === 0) return null
    const costs = Float32Array.from(this.#untold)
    const stepsPerSecond = this.#rateAt(now, at.step, costs.length)
    this.#untold = []
    this.#toldAt = now
    return {
      type: 'metrics',
      ...at,
      firstStep: at.step - costs.length + 1,
      costs,
      stepsPerSecond,
    }
  }

  #rateAt(now: number, step: number, count: number): number {
    if (this.#told.length === 0) this.#told.push({ at: this.#toldAt, step: step - count })
    this.#told.push({ at: now, step })
    while (this.#told.length > 2 && now - (this.#told[0]?.at ?? now) > RATE_WINDOW_MS) {
      this.#told.shift()
    }
    const [oldest = { at: now, step }] = this.#told
    return ((step - oldest.step) / Math.max(1, now - oldest.at)) * 1_000
  }

  /** The clock stood still for training: the next rate is measured from here. */
  restartClock(now: number): void {
    this.#told = []
    this.#toldAt = now
    this.#flushedAt = now
    this.#timedAt = -Infinity // the first step after a pause shows how long that was
  }
}
