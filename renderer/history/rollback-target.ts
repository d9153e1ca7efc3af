/** Where a rollback is to go, and how a person would call that place. */
export interface RollbackTarget {
  /** What `run:rollback` takes. */
  readonly target: string
  readonly label: string
}
