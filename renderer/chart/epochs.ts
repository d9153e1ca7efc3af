import type { RunSnapshot } from '../../core/protocol/run.ts'
import { nudgesOf } from '../run/lineage.ts'

/** Steps to epochs and back, along the head's history. */
export interface EpochScale {
  epochOf(step: number): number
  stepOf(epoch: number): number
}

interface Piece {
  readonly step: number
  readonly epoch: number
  readonly stepsPerEpoch: number
}

/** Piecewise linear: each nudge of the mini-batch size changes how many steps an epoch takes. */
export function epochScaleOf(snapshot: RunSnapshot): EpochScale {
  const { trainExamples } = snapshot.facts
  const lengthOf = (batch: number) => Math.max(1, Math.ceil(trainExamples / Math.max(1, batch)))
  const changes = nudgesOf(snapshot).flatMap((entry) =>
    entry.changes
      .filter(({ name }) => name === 'batch_size')
      .map(({ from, to }) => ({ step: entry.firstStep - 1, from, to })),
  )
  const first = changes[0]?.from ?? snapshot.readings.batch_size?.inForce ?? 1
  let last: Piece = { step: 0, epoch: 0, stepsPerEpoch: lengthOf(first) }
  const pieces: Piece[] = [last]
  for (const { step, to } of changes) {
    const epoch = last.epoch + (step - last.step) / last.stepsPerEpoch
    last = { step, epoch, stepsPerEpoch: lengthOf(to) }
    pieces.push(last)
  }
  const pieceAt = (isBefore: (piece: Piece) => boolean) => pieces.findLast(isBefore) ?? last
  return {
    epochOf(step) {
      const piece = pieceAt((one) => one.step <= step)
      return piece.epoch + (step - piece.step) / piece.stepsPerEpoch
    },
    stepOf(epoch) {
      const piece = pieceAt((one) => one.epoch <= epoch)
      return piece.step + (epoch - piece.epoch) * piece.stepsPerEpoch
    },
  }
}
