import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PreflightCheck, PreflightReply } from '../../core/protocol/examine.ts'
import { fakeHost, panda, terminal } from './fake-host.ts'

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples')

const passed: PreflightCheck = {
  name: 'initial-cost',
  verdict: 'pass',
  measured: 2.31,
  expected: 2.3026,
  meaning: 'The first cost is that of guessing among ten classes.',
  remedy: null,
}
const failed: PreflightCheck = {
  name: 'overfit-20',
  verdict: 'fail',
  measured: 1.9,
  expected: 0.05,
  meaning: 'The network could not learn twenty examples by heart.',
  remedy: 'Make it larger.',
}
const reply = (...checks: PreflightCheck[]): PreflightReply => ({
  checks,
  parameters: 235_146,
  memoryBytes: 5_400_000,
  stepMs: 1.234,
  threads: 2,
})

/** A host whose pre-flight tells each check as it is done. */
function host(...checks: PreflightCheck[]) {
  const used = fakeHost({
    'run:preflight': () => {
      used.tell('preflight:progress', { type: 'doing', what: 'training 20 examples' })
      for (const check of checks) used.tell('preflight:progress', { type: 'checked', check })
      return reply(...checks)
    },
  })
  return used
}

describe('panda preflight', () => {
  test('checks are told with their numbers, then what a run would take', async () => {
    const used = host(passed)

    const { code, out } = await panda(['preflight', 'd'], used)

    expect(code).toBe(0)
    expect(used.calls[0]).toEqual(['run:preflight', { run: 'd' }])
    expect(out).toBe(
      [
        'pass  initial-cost: 2.310, expected 2.303',
        '      The first cost is that of guessing among ten classes.',
        'parameters  235146',
        'memory      about 5.4 MB',
        'step        1.23 ms on 2 threads',
        '',
      ].join('\n'),
    )
  })

  test('a failed check is told with what to do, and ends with exit code 1', async () => {
    const { code, out } = await panda(['preflight', 'd'], host(passed, failed))

    expect(code).toBe(1)
    expect(out).toContain('FAIL  overfit-20: 1.900, expected 0.05000\n')
    expect(out).toContain('learn twenty examples by heart.\n      Make it larger.\n')
  })

  test('a config is read here and goes with its folder; its answer is one JSON document', async () => {
    const used = host(failed)

    const { code, json } = await panda(
      ['preflight', path.join(EXAMPLES, 'digits.json'), '--json'],
      used,
    )

    expect(code).toBe(1)
    expect(json).toEqual(reply(failed))
    expect(used.calls[0]).toMatchObject([
      'run:preflight',
      { config: { data: { sample: 'digits' } }, base: EXAMPLES },
    ])
  })

  test('a terminal shows what is being done, in one line that goes again', async () => {
    const used = host(passed)
    const shown = terminal(used, { isTty: true })

    await panda(['preflight', 'd'], used, shown)

    expect(shown.out()).toContain('\r\u001b[Ktraining 20 examples …\r\u001b[Kpass  initial-cost')
  })

  test('a config that is none is refused before the host is asked', async () => {
    const used = host(passed)

    const { code, err } = await panda(['preflight', 'nowhere.json'], used)

    expect(code).toBe(1)
    expect(err).toContain('/work/nowhere.json cannot be read')
    expect(used.calls).toEqual([])
  })
})
