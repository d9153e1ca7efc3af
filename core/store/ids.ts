import type { BranchId, CheckpointId } from '../protocol/run.ts'

export const branchId = (row: number): BranchId => `b${row}`
export const checkpointId = (row: number): CheckpointId => `c${row}`

/** The row behind `b7` or `c7`; 0, which no row has, for anything else. */
export const rowOf = (id: BranchId | CheckpointId): number =>
  Number(/^[bc]([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0)
