import type Database from 'better-sqlite3'
import { explained } from './failures.ts'

type Statement = Database.Statement<unknown[], unknown>
type Bindable = string | number | null | Uint8Array

/** An open run. What only reads takes this; `mode` keeps it from being passed where a writer is needed. */
export interface ReadableDb {
  readonly mode: 'read' | 'write'
  readonly file: string
  readonly connection: Database.Database
  readonly statements: Map<string, Statement>
}

/** An open run that may be written: at most one at a time, kept by the run's lock. */
export interface WritableDb extends ReadableDb {
  readonly mode: 'write'
  readonly transaction: { kind: 'none' | 'quick' | 'durable' }
}

export const asReadable = (connection: Database.Database, file: string): ReadableDb => ({
  mode: 'read',
  file,
  connection,
  statements: new Map(),
})

export const asWritable = (connection: Database.Database, file: string): WritableDb => ({
  mode: 'write',
  file,
  connection,
  statements: new Map(),
  transaction: { kind: 'none' },
})

function prepared(db: ReadableDb, sql: string): Statement {
  const known = db.statements.get(sql)
  if (known !== undefined) return known
  const statement = db.connection.prepare<unknown[], unknown>(sql)
  db.statements.set(sql, statement)
  return statement
}

function explaining<T>(db: ReadableDb, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explained(error, db.file)
  }
}

function query(db: ReadableDb, sql: string): Statement {
  const statement = prepared(db, sql)
  if (!statement.readonly) throw new Error(`not a query: ${sql}`)
  return statement
}

/** Every row. `Row` is what the query's column list promises. */
export const all = <Row>(db: ReadableDb, sql: string, ...values: Bindable[]): Row[] =>
  explaining(db, () => query(db, sql).all(...values) as Row[])

/** The only row, or undefined. */
export const one = <Row>(db: ReadableDb, sql: string, ...values: Bindable[]): Row | undefined =>
  explaining(db, () => query(db, sql).get(...values) as Row | undefined)

/** Writes, and answers the id of the row that was inserted last. */
export const run = (db: WritableDb, sql: string, ...values: Bindable[]): number =>
  explaining(db, () => Number(prepared(db, sql).run(...values).lastInsertRowid))

/**
 * All of `work` or nothing, safe against the death of the process but not of the machine: for what can be
 * computed again. Inside another transaction it is simply part of that.
 */
export const together = <T>(db: WritableDb, work: () => T): T => transact(db, 'quick', work)

/** All of `work` or nothing, and on disk when this returns: for what is acknowledged. */
export const durably = <T>(db: WritableDb, work: () => T): T => transact(db, 'durable', work)

/** What `work` reads is the file as it was at one moment, whoever writes to it meanwhile. */
export async function atOneMoment<T>(db: ReadableDb, work: () => Promise<T>): Promise<T> {
  const { connection } = db
  explaining(db, () => connection.exec('BEGIN'))
  try {
    return await work()
  } finally {
    if (connection.inTransaction) connection.exec('COMMIT')
  }
}

function transact<T>(db: WritableDb, kind: 'quick' | 'durable', work: () => T): T {
  const { connection, transaction } = db
  if (transaction.kind !== 'none') {
    if (kind === 'durable' && transaction.kind === 'quick') {
      throw new Error('a durable write inside a transaction that is not durable')
    }
    return work()
  }
  return explaining(db, () => {
    if (kind === 'durable') connection.pragma('synchronous = FULL')
    try {
      connection.exec('BEGIN IMMEDIATE')
      transaction.kind = kind
      const result = work()
      if (result instanceof Promise) throw new Error('a transaction cannot wait')
      connection.exec('COMMIT')
      return result
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK') // a full disk has rolled back already
      throw error
    } finally {
      transaction.kind = 'none'
      if (kind === 'durable' && connection.open) connection.pragma('synchronous = NORMAL')
    }
  })
}
