import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCost, formatCount, formatEpoch, formatSetting } from '../ui/format.ts'
import { ODD, firstAt, oddOf } from './columns.ts'
import type { Bucket } from './buckets.ts'
import type { CurveData } from './curve-data.ts'
import { epochScaleOf } from './epochs.ts'
import { heldAt } from './multiples-data.ts'
import type { Line } from './multiples-data.ts'

/** What the curve says at a step, or at its newest, ready to be written. */
export interface Readout {
  /** Is a step pointed at? */
  readonly isAt: boolean
  readonly step: string
  readonly epoch: string
  readonly when: string
  readonly train: string
  /** Lowest and highest step under this point; empty where it is a single step. */
  readonly spread: string
  readonly dev: string
  /** The step of that evaluation, where it is not this one. */
  readonly devStep: string
  readonly rate: string
  readonly ghosts: readonly { readonly branch: string; readonly cost: string }[]
}

/** The mean of a point; where part of it is no number, that is said. */
function writeTrain(bucket: Bucket | undefined): string {
  if (bucket === undefined) return '—'
  const odd = oddOf(bucket)
  if (odd & ODD.nan) return 'NaN'
  if (odd & ODD.up) return '∞'
  return odd & ODD.down ? '−∞' : formatCost(bucket.mean)
}

interface Given {
  readonly snapshot: RunSnapshot
  readonly curves: CurveData
  /** Null: the newest. */
  readonly step: number | null
  /** The date of a step, in ms since the epoch, and whether that was measured. */
  readonly momentOf: (step: number) => { readonly at: number; readonly isEstimated: boolean }
  readonly rates: Line | undefined
}

const clock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

export function readoutOf({ snapshot, curves, step, momentOf, rates }: Given): Readout {
  const train = curves.train()
  const dev = curves.dev()
  const bucket =
    step === null ? train.at(-1) : train[Math.min(train.length - 1, firstAt(train, step))]
  const at = step ?? snapshot.step
  const evaluated = step === null ? dev.at(-1) : dev.findLast(({ x }) => x <= at)
  const isSpread = bucket !== undefined && bucket.min < bucket.max
  const rate =
    step === null
      ? (snapshot.readings.learning_rate?.inForce ?? null)
      : heldAt(rates?.points ?? [], at)
  const moment = step === null ? null : momentOf(at)
  const ghosts = curves.ghosts().flatMap(({ stretch, points }) => {
    if (step === null || at <= stretch.from || at > stretch.to) return []
    const point = points[firstAt(points, at)]
    return point === undefined ? [] : [{ branch: stretch.branch, cost: formatCost(point.mean) }]
  })
  return {
    isAt: step !== null,
    step: formatCount(at),
    epoch: formatEpoch(step === null ? snapshot.epoch : epochScaleOf(snapshot).epochOf(at)),
    when: moment === null ? '' : `${moment.isEstimated ? '≈ ' : ''}${clock.format(moment.at)}`,
    train: writeTrain(bucket),
    spread: isSpread ? `${formatCost(bucket.min)} – ${formatCost(bucket.max)}` : '',
    dev: formatCost(evaluated?.y ?? null),
    devStep: evaluated === undefined || evaluated.x === at ? '' : formatCount(evaluated.x),
    rate: rate === null ? '—' : formatSetting(rate),
    ghosts,
  }
}

/** The same in one sentence, for a polite announcement. */
export function sentenceOf({ step, epoch, train, spread, dev, rate, ghosts }: Readout): string {
  const parts = [
    `step ${step}`,
    `epoch ${epoch}`,
    `train ${train}${spread === '' ? '' : ` between ${spread}`}`,
    `dev ${dev}`,
    `learning rate ${rate}`,
    ...ghosts.map(({ branch, cost }) => `ghost ${branch} ${cost}`),
  ]
  return parts.join(', ')
}
