import type { RunSnapshot } from './run.ts'

/** How far a run is and how well it does: what every view of it shows. */
export type Standing = Pick<
  RunSnapshot,
  'step' | 'epoch' | 'day' | 'cost' | 'devCost' | 'devAccuracy'
>

/** That part of something larger, such as a snapshot. */
export const standingOf = ({
  step,
  epoch,
  day,
  cost,
  devCost,
  devAccuracy,
}: Standing): Standing => ({
  step,
  epoch,
  day,
  cost,
  devCost,
  devAccuracy,
})
