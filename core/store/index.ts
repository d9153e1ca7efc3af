export { insertBranch, lastRecordedStep, listBranches } from './branches.ts'
export type { NewBranch } from './branches.ts'
export {
  checkpointAt,
  findCheckpoint,
  insertCheckpoint,
  lineageCheckpoints,
  listCheckpoints,
  loadCheckpoint,
  stateSha256,
} from './checkpoints.ts'
export type { LoadedCheckpoint, NewCheckpoint } from './checkpoints.ts'
export { createRunFile } from './create.ts'
export type { CreateOptions } from './create.ts'
export { readDataset } from './dataset.ts'
export { closeDay, lineageDays, listDays } from './days.ts'
export { durably, together } from './db.ts'
export type { ReadableDb, WritableDb } from './db.ts'
export { appendJournal, lineageJournal, listJournal } from './journal.ts'
export type { NewJournalEntry } from './journal.ts'
export { lineageOf } from './lineage.ts'
export type { Segment } from './lineage.ts'
export { acquireLock } from './lock.ts'
export type { Lock } from './lock.ts'
export { appendMetrics, readLineageMetrics, readMetrics, truncateMetrics } from './metrics.ts'
export type { DecodedBlock as MetricPoints, Points } from './metric-block.ts'
export { closeRun, openForReading, openForWriting } from './open.ts'
export type { OpenOptions } from './open.ts'
export { readRun, setEngine, setHead } from './run.ts'
export type { DataFacts, EngineFacts, Head, NewRun, RunRecord } from './run.ts'
