import { z } from 'zod'
import { runConfig } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { BranchId } from '../protocol/run.ts'
import { durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'
import { branchId, rowOf } from './ids.ts'
import { fromJson, toJson } from './json.ts'

const dataFacts = z.object({
  trainExamples: z.int().nonnegative(),
  devExamples: z.int().nonnegative(),
  features: z.int().positive(),
  featureShape: z.array(z.int().positive()),
  /** Of a table; runs from before they were kept have none. */
  featureNames: z.array(z.string()).nullable().optional(),
  classes: z.int().positive().nullable(),
  classNames: z.array(z.string()).nullable(),
  // Runs from before there were texts don't say.
  vocabulary: z.int().positive().nullable().default(null),
  characters: z.string().nullable().default(null),
  targetsPerExample: z.int().positive().default(1),
  /** How examples are normalised, packed; runs from before it was kept have to look at their data. */
  normalisation: z
    .object({ by: z.enum(['feature', 'global', 'none']), mean: z.string(), deviation: z.string() })
    .optional(),
})
/** What is known of a run's data without unpacking it. */
export type DataFacts = z.output<typeof dataFacts>

/** As it stands in the run's row and in checkpoints. */
export const engineFacts = z.object({
  threads: z.int().positive(),
  /** Engine, version and optimisation level: with the thread count, what the bits depend on. */
  description: z.string(),
})
/** What a run was trained by. Replays are identical only under the same. */
export type EngineFacts = z.output<typeof engineFacts>

export interface Head {
  readonly branch: BranchId
  readonly step: number
}

export interface RunRecord {
  readonly name: string
  readonly createdAt: number
  readonly config: RunConfig
  readonly parameters: number
  readonly facts: DataFacts
  readonly engine: EngineFacts | null
  readonly head: Head
}

export type NewRun = Omit<RunRecord, 'head'>

interface Row {
  readonly name: string
  readonly createdAt: number
  readonly config: string
  readonly parameters: number
  readonly facts: string
  readonly engine: string | null
  readonly branch: number
  readonly step: number
}

/** The run's own row, with its head on the first branch, which must be there at the end of the transaction. */
export function insertRun(db: WritableDb, record: NewRun): void {
  run(
    db,
    `INSERT INTO run (id, name, created_at, config, parameters, facts, engine, head_branch, head_step)
     VALUES (1, ?, ?, ?, ?, ?, ?, 1, 0)`,
    record.name,
    record.createdAt,
    toJson(record.config),
    record.parameters,
    toJson(record.facts),
    record.engine && toJson(record.engine),
  )
}

export function readRun(db: ReadableDb): RunRecord {
  const row = one<Row>(
    db,
    `SELECT name, created_at AS createdAt, config, parameters, facts, engine,
            head_branch AS branch, head_step AS step
       FROM run`,
  )
  if (row === undefined) throw corrupt(db.file, 'it does not say which run it holds')
  const parse = <T>(schema: z.ZodType<T>, text: string, what: string): T => {
    const parsed = schema.safeParse(fromJson(db.file, text))
    if (!parsed.success) throw corrupt(db.file, `its ${what} cannot be understood`, parsed.error)
    return parsed.data
  }
  return {
    name: row.name,
    createdAt: row.createdAt,
    config: parse(runConfig, row.config, 'configuration'),
    parameters: row.parameters,
    facts: parse(dataFacts, row.facts, 'description of the data'),
    engine:
      row.engine === null ? null : parse(engineFacts, row.engine, 'description of the engine'),
    head: { branch: branchId(row.branch), step: row.step },
  }
}

/** Moves the head. On disk when this returns, as a rollback is acknowledged by it. */
export function setHead(db: WritableDb, head: Head): void {
  durably(db, () =>
    run(db, 'UPDATE run SET head_branch = ?, head_step = ?', rowOf(head.branch), head.step),
  )
}

/** What the file says its name is; the file's own name is what counts. */
export function setName(db: WritableDb, name: string): void {
  durably(db, () => run(db, 'UPDATE run SET name = ?', name))
}

export function setEngine(db: WritableDb, engine: EngineFacts): void {
  durably(db, () => run(db, 'UPDATE run SET engine = ?', toJson(engine)))
}
