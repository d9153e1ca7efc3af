import { PandaError } from '../../core/errors.ts'
import { runConfig } from '../../core/protocol/config.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import type {
  BranchId,
  CheckpointKind,
  CheckpointSummary,
  RunAlert,
  RunEvent,
  RunSnapshot,
} from '../../core/protocol/run.ts'
import digits from '../../examples/digits.json' with { type: 'json' }
import { lineageOf } from '../../renderer/run/lineage.ts'
import { reduceSnapshot } from '../../renderer/run/snapshot.ts'

const STEPS_PER_DAY = 125
export const BORN_AT = Date.UTC(2026, 4, 1, 9)

/** A reproducible wobble, so that screenshots and tests see the same curve. */
const wobble = (step: number) => Math.sin(step * 12.9898) * Math.sin(step * 78.233)

export function firstSnapshot(run = 'digits', at = BORN_AT): RunSnapshot {
  const setting = (value: number) => ({ requested: value, inForce: value, scheduled: value })
  return {
    facts: {
      run,
      file: `/runs/${run}.panda`,
      createdAt: at,
      config: runConfig.parse({ ...digits, name: run }),
      parameters: 235_146,
      trainExamples: 8_000,
      devExamples: 2_000,
      features: 784,
      classes: 10,
    },
    state: { kind: 'idle' },
    branch: 'b1',
    step: 0,
    epoch: 0,
    day: 1,
    dayFromStep: 0,
    goal: null,
    trainedMs: 0,
    dayTrainedMs: 0,
    memoryBytes: null,
    cost: null,
    devCost: null,
    devAccuracy: null,
    stepsPerSecond: null,
    parametersSha256: '0'.repeat(64),
    readings: {
      learning_rate: setting(0.001),
      beta1: setting(0.9),
      beta2: setting(0.999),
      epsilon: setting(1e-8),
      l2: setting(0),
      batch_size: setting(64),
      learning_rate_decay: setting(0),
    },
    vitals: null,
    branches: [
      {
        branch: 'b1',
        parent: null,
        forkStep: 0,
        forkCheckpoint: null,
        reason: null,
        createdAt: at,
        tipStep: 0,
      },
    ],
    days: [],
    checkpoints: [],
    journal: [{ id: 1, at, branch: 'b1', step: 0, kind: 'created' }],
  }
}

/** One run with an invented curve, moved by hand: `train(steps)` is all the time that passes. */
export class FakeRun {
  snapshot: RunSnapshot
  readonly costs = new Map<BranchId, Map<number, number>>()
  readonly devCosts = new Map<BranchId, Map<number, number>>()
  #tell: (event: RunEvent) => void
  #now: number

  constructor(name: string, tell: (event: RunEvent) => void = () => {}, bornAt = BORN_AT) {
    this.#tell = tell
    this.#now = bornAt
    this.snapshot = firstSnapshot(name, bornAt)
    this.checkpoint('initial')
  }

  say(event: RunEvent): void {
    this.snapshot = reduceSnapshot(this.snapshot, event)
    this.#tell(event)
  }

  get #at() {
    return { branch: this.snapshot.branch, step: this.snapshot.step }
  }
  entry() {
    return { id: this.snapshot.journal.length + 1, at: this.#now, ...this.#at }
  }

  /** The newest alert of its journal. */
  get alert(): RunAlert | undefined {
    return this.snapshot.journal.findLast((entry) => entry.kind === 'alert')
  }

  refuseStep(): void {
    const message = `step ${this.snapshot.step + 1} was refused: its cost is NaN`
    const entry = { ...this.entry(), kind: 'alert' as const, alert: 'not-finite' as const, message }
    this.say({ ...this.#at, type: 'alert', entry })
    this.state({ kind: 'paused', reason: 'not-finite' })
  }

  state(state: RunSnapshot['state']): void {
    this.say({ ...this.#at, type: 'state', state })
  }

  checkpoint(kind: CheckpointKind): CheckpointSummary {
    const { cost, devCost, devAccuracy, checkpoints } = this.snapshot
    const number = checkpoints.length + 1
    const sha = number.toString(16).padStart(64, '0')
    const checkpoint: CheckpointSummary = {
      ...this.#at,
      checkpoint: `c${number}`,
      kind,
      createdAt: this.#now,
      cost,
      devCost,
      devAccuracy,
      parametersSha256: sha,
      sha256: sha,
      bytes: 2_800_000,
    }
    this.say({ ...this.#at, type: 'checkpoint', checkpoint })
    return checkpoint
  }

  #record(series: Map<BranchId, Map<number, number>>, step: number, value: number): void {
    const known = series.get(this.snapshot.branch) ?? new Map<number, number>()
    series.set(this.snapshot.branch, known.set(step, value))
  }

  #costAt(step: number): number {
    const rate = this.snapshot.readings.learning_rate?.inForce ?? 0.001
    const harm = rate > 0.01 ? ((step % 2_000) / 900) * rate * 10 : 0
    const floor = 0.02 + 0.04 * Math.exp(-step / 900)
    return (2.2 * Math.exp(-step / 60) + floor + harm) * (1 + 0.35 * wobble(step))
  }

  train(steps: number, chunk = 25): void {
    for (let done = 0; done < steps; done += chunk) {
      const { branch, step, readings } = this.snapshot
      const count = Math.min(chunk, steps - done, STEPS_PER_DAY - (step % STEPS_PER_DAY))
      done += count - chunk
      const costs = Float32Array.from({ length: count }, (_, i) => this.#costAt(step + 1 + i))
      costs.forEach((cost, i) => this.#record(this.costs, step + 1 + i, cost))
      const last = step + count
      this.#now += count * 4
      this.say({
        type: 'metrics',
        branch,
        step: last,
        firstStep: step + 1,
        costs,
        epoch: last / STEPS_PER_DAY,
        day: Math.floor(step / STEPS_PER_DAY) + 1,
        stepsPerSecond: 241.8,
        readings,
        trainedMs: last * 4,
        dayTrainedMs: (last % STEPS_PER_DAY) * 4,
        memoryBytes: 210e6,
      })
      if (last % STEPS_PER_DAY === 0) this.#closeDay(last / STEPS_PER_DAY)
    }
  }

  #closeDay(day: number): void {
    const { step } = this.snapshot
    const devCost = 0.11 + 1.6 * Math.exp(-step / 90) + (step / 1e5) * wobble(step)
    this.#record(this.devCosts, step, devCost)
    const devAccuracy = 1 - devCost / 4
    this.say({ ...this.#at, type: 'evaluated', devCost, devAccuracy })
    const { checkpoint, parametersSha256 } = this.checkpoint('day')
    const { cost } = this.snapshot
    this.say({
      ...this.#at,
      type: 'day',
      closed: {
        day,
        branch: this.snapshot.branch,
        checkpoint,
        fromStep: step - STEPS_PER_DAY,
        toStep: step,
        endedAt: this.#now,
        cost,
        devCost,
        devAccuracy,
        parametersSha256,
      },
      entry: { ...this.entry(), kind: 'day', day, checkpoint },
    })
  }

  nudge(targets: { readonly [K in HyperparameterName]?: number }) {
    const { checkpoint } = this.checkpoint('nudge')
    const { readings, step } = this.snapshot
    const changes = (Object.entries(targets) as [HyperparameterName, number][]).map(
      ([name, to]) => ({ name, from: readings[name]?.requested ?? 0, to }),
    )
    const next = Object.fromEntries(
      changes.map(({ name, to }) => [name, { requested: to, inForce: to, scheduled: to }]),
    )
    this.say({
      ...this.#at,
      type: 'nudged',
      readings: { ...readings, ...next },
      entry: { ...this.entry(), kind: 'nudge', changes, checkpoint, firstStep: step + 1 },
    })
    return { step: step + 1, changes, checkpoint }
  }

  targetOf(text: string): CheckpointSummary {
    const [branch, day] = text.includes(':') ? text.split(':') : [null, text]
    const { days, checkpoints } = this.snapshot
    const lineage = lineageOf(this.snapshot)
    const closed = days.findLast((one) =>
      one.day === Number(day) && branch === null
        ? lineage.some((part) => part.branch === one.branch && one.toStep <= part.to)
        : one.branch === branch && one.day === Number(day),
    )
    const wanted = day === '0' ? 'c1' : (closed?.checkpoint ?? text)
    const found = checkpoints.find(({ checkpoint }) => checkpoint === wanted)
    if (found === undefined) throw new PandaError('session/no-such-target', `there is no ${text}`)
    return found
  }

  rollback(target: CheckpointSummary, reason: string | null, kind: 'rollback' | 'undo') {
    const { checkpoint } = this.checkpoint('rollback')
    const from = { ...this.#at, checkpoint }
    const number = this.snapshot.branches.length + 1
    const place = { branch: `b${number}` as const, step: target.step }
    const newBranch = {
      branch: place.branch,
      parent: target.branch,
      forkStep: target.step,
      forkCheckpoint: target.checkpoint,
      reason,
      createdAt: this.#now,
      tipStep: target.step,
    }
    this.say({
      ...place,
      type: 'rolled-back',
      newBranch,
      day: Math.floor(target.step / STEPS_PER_DAY) + 1,
      epoch: target.step / STEPS_PER_DAY,
      readings: firstSnapshot().readings,
      entry: { ...this.entry(), ...place, kind, from, to: target.checkpoint, reason },
    })
    this.state({ kind: 'paused', reason: 'rolled-back' })
    return { ...place, checkpoint, parametersSha256: target.parametersSha256 }
  }

  series(metric: string, wanted: BranchId | undefined, scope: string, from = 0, to = Infinity) {
    const source = metric === 'cost' ? this.costs : this.devCosts
    const branch = wanted ?? this.snapshot.branch
    const tip = this.snapshot.branches.find((one) => one.branch === branch)?.tipStep ?? 0
    const parts =
      scope === 'branch'
        ? [{ branch, from: 0, to: tip }]
        : lineageOf({ ...this.snapshot, branch, step: tip })
    return parts.flatMap((part) =>
      [...(source.get(part.branch) ?? [])]
        .filter(([step]) => step > Math.max(from, part.from) && step <= Math.min(to, part.to))
        .map(([step, value]) => ({ step, value })),
    )
  }
}
