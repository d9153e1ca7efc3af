import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { stateSha256 } from '../../../core/store/checkpoints.ts'
import { newBench } from './harness.ts'
import type { Bench } from './harness.ts'

const open = ({ folder }: Bench) => new Database(path.join(folder, 'r.panda'))

/** Rewrites what stands beside the tensors of every checkpoint, as another version would have written it. */
function rewriteCheckpoints(
  bench: Bench,
  change: (meta: Record<string, unknown>, payload: Uint8Array) => object,
): void {
  const db = open(bench)
  const rows = db.prepare('SELECT id, meta FROM checkpoints').all() as {
    id: number
    meta: string
  }[]
  for (const { id, meta } of rows) {
    const chunks = db
      .prepare('SELECT body FROM checkpoint_chunks WHERE checkpoint = ? ORDER BY ordinal')
      .all(id) as { body: Buffer }[]
    const payload = Buffer.concat(chunks.map(({ body }) => body))
    const changed = change(JSON.parse(meta) as Record<string, unknown>, payload)
    const sha256 = stateSha256(changed, payload)
    db.prepare('UPDATE checkpoints SET meta = ?, sha256 = ? WHERE id = ?').run(
      JSON.stringify(changed),
      sha256,
      id,
    )
  }
  db.close()
}

const alertsOf = (bench: Bench) =>
  bench.events.flatMap((event, at) =>
    event.type === 'alert' && event.entry.kind === 'alert'
      ? [{ at, alert: event.entry.alert, message: event.entry.message, step: event.step }]
      : [],
  )

test('a checkpoint that another engine computed is said before training goes on, and once', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 4 })
  await bench.close()
  rewriteCheckpoints(bench, (meta) => ({
    ...meta,
    engine: { threads: 1, description: 'an older engine' },
  }))

  const again = bench.another()
  await again.train('r', { steps: 2 })
  await again.train('r', { steps: 2 })
  const { journal, step } = await again.host.handlers['run:show']('r')

  const alerts = alertsOf(again)
  const firstMetrics = again.events.findIndex(({ type }) => type === 'metrics')
  expect(step).toBe(8)
  expect(alerts).toEqual([
    expect.objectContaining({
      alert: 'engine-changed',
      step: 4,
      message: expect.stringMatching(/an older engine, threads 1.*onnxruntime/) as string,
    }),
  ])
  expect(alerts[0]?.at).toBeLessThan(firstMetrics)
  expect(journal.filter(({ kind }) => kind === 'alert')).toHaveLength(1)
})

test('another number of threads is another engine; the run keeps its own', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 4 })
  await bench.close()
  const db = open(bench)
  db.exec(`UPDATE run SET engine = json_set(engine, '$.threads', 2)`)
  db.close()

  const again = bench.another()
  await again.train('r', { steps: 2 })

  expect(alertsOf(again)).toMatchObject([
    { alert: 'engine-changed', message: expect.stringMatching(/threads 1;.*threads 2/) as string },
  ])
})

test('going back to what another engine computed is said when training goes on from there', async () => {
  const bench = newBench()
  await bench.create('r', { day: { steps: 4 } })
  await bench.train('r', { steps: 4 })
  await bench.close()
  rewriteCheckpoints(bench, (meta) => ({
    ...meta,
    engine: { threads: 1, description: 'an older engine' },
  }))
  const again = bench.another()
  await again.train('r', { steps: 4 })
  const before = alertsOf(again).length
  await again.host.handlers['run:rollback']('r', '1', { knobs: 'then' })

  await again.train('r', { steps: 1 })

  expect(before).toBe(1)
  expect(alertsOf(again)).toHaveLength(2)
})

test('a run from before checkpoints named their engine goes on, and its days are still replayed', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 8 })
  await bench.close()
  rewriteCheckpoints(bench, ({ engine: _, ...meta }, payload) => {
    const state = meta.state as Record<string, unknown>
    const { clip_norm: __, warmup_steps: ___, ...knobs } = state.knobs as Record<string, number>
    const older = { ...state, knobs }
    return { ...meta, state: older, stateSha256: stateSha256(older, payload) }
  })
  const db = open(bench)
  db.exec(`UPDATE run SET facts = json_remove(facts, '$.vocabulary', '$.characters',
    '$.targetsPerExample'), config = json_remove(config, '$.schedule', '$.vitals_every')`)
  db.close()

  const again = bench.another()
  const shown = await again.host.handlers['run:show']('r')
  const [verified] = await again.host.handlers['run:verify']('r', 1)
  const nudged = await again.host.handlers['run:nudge']('r', { clip_norm: 1 })
  await again.train('r', { steps: 2 })

  expect(shown.readings.clip_norm?.inForce).toBe(0)
  expect(verified?.identical).toBe(true)
  expect(nudged.changes).toEqual([{ name: 'clip_norm', from: 0, to: 1 }])
  expect(alertsOf(again)).toEqual([])
})

test('going back to a day of before checkpoints named their engine is said, though the run has moved on', async () => {
  const bench = newBench()
  await bench.create('r', { day: { steps: 4 } })
  await bench.train('r', { steps: 4 })
  await bench.close()
  rewriteCheckpoints(bench, ({ engine: _, ...meta }) => meta)
  const db = open(bench)
  db.exec(`UPDATE run SET engine = json_set(engine, '$.description', 'an older engine')`)
  db.exec(`UPDATE journal SET body = json_set(body, '$.engine', 'an older engine')
    WHERE kind = 'started'`)
  db.close()
  const again = bench.another()
  await again.train('r', { steps: 4 })
  const before = alertsOf(again).length
  await again.host.handlers['run:rollback']('r', '1', { knobs: 'then' })

  await again.train('r', { steps: 1 })

  expect(before).toBe(1)
  expect(alertsOf(again)).toHaveLength(2)
  expect(alertsOf(again)[1]).toMatchObject({
    step: 4,
    message: expect.stringMatching(/an older engine/) as string,
  })
})
