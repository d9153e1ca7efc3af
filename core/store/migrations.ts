import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type Database from 'better-sqlite3'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

const NAME = /^(\d{3})-[a-z0-9-]+\.sql$/

/** The numbered SQL files of a folder, oldest first. */
export function loadMigrations(migrationsDir: string): readonly Migration[] {
  const migrations = readdirSync(migrationsDir)
    .flatMap((name) => {
      const version = Number(NAME.exec(name)?.[1] ?? 0)
      if (version === 0) return []
      return [{ version, name, sql: readFileSync(path.join(migrationsDir, name), 'utf8') }]
    })
    .sort((a, b) => a.version - b.version)
  if (migrations.length === 0) throw new Error(`there are no migrations in ${migrationsDir}`)
  const twice = migrations.find(({ version }, at) => migrations[at - 1]?.version === version)
  if (twice !== undefined) throw new Error(`two migrations have the number of ${twice.name}`)
  return migrations
}

export const newestVersion = (migrations: readonly Migration[]): number =>
  migrations.at(-1)?.version ?? 0

export const versionOf = (connection: Database.Database): number =>
  Number(connection.pragma('user_version', { simple: true }))

/** Brings a database forward, one transaction per migration, its version stamped in the same one. */
export function migrate(connection: Database.Database, migrations: readonly Migration[]): void {
  const pending = migrations.filter(({ version }) => version > versionOf(connection))
  if (pending.length === 0) return
  // A migration may rebuild a table that others refer to; references are checked before it commits.
  connection.pragma('foreign_keys = OFF')
  try {
    for (const { version, name, sql } of pending) {
      connection.exec('BEGIN IMMEDIATE')
      try {
        connection.exec(sql)
        const dangling = connection.pragma('foreign_key_check') as readonly unknown[]
        if (dangling.length > 0) throw new Error(`${name} leaves ${dangling.length} dangling rows`)
        connection.pragma(`user_version = ${version}`)
        connection.exec('COMMIT')
      } catch (error) {
        if (connection.inTransaction) connection.exec('ROLLBACK')
        throw error
      }
    }
  } finally {
    connection.pragma('foreign_keys = ON')
  }
}
