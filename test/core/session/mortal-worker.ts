/**
 * The session's worker, made to die: `PANDA_TEST_KILL="text:n"` kills the process with SIGKILL just before
 * the n-th statement whose SQL contains the text is run.
 */
import Database from 'better-sqlite3'

const aim = /^(.+):(\d+)$/.exec(process.env.PANDA_TEST_KILL ?? '')
if (aim !== null) {
  const [, text = '', count = ''] = aim
  let left = Number(count)
  const count1 = (sql: string): void => {
    if (sql.includes(text) && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
  const prototype = Database.prototype as {
    prepare: (sql: string) => { run: (...values: unknown[]) => unknown }
    exec: (sql: string) => unknown
  }
  const { prepare, exec } = prototype
  prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql)
    const run = statement.run.bind(statement)
    statement.run = (...values) => {
      count1(sql)
      return run(...values)
    }
    return statement
  }
  prototype.exec = function (sql) {
    count1(sql)
    return exec.call(this, sql)
  }
}

await import('../../../core/session/worker.ts')
