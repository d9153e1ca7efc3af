import type { Args, Call, CallHandlers, Feed, Feeds, Reply } from '../../core/protocol/contract.ts'
import { runConfig } from '../../core/protocol/config.ts'
import type { RunEvent, RunSnapshot, RunState } from '../../core/protocol/run.ts'
import type { CliHost, Environment, StopCause } from '../../cli/environment.ts'
import { runCli } from '../../cli/run-cli.ts'

export const HASH = 'ab12'.repeat(16)

export const config = runConfig.parse({
  data: { sample: 'digits' },
  network: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'sparse_categorical_cross_entropy',
  day: { epochs: 1 },
})

export function snapshot(changes: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    facts: {
      run: 'd',
      file: '/runs/d.panda',
      createdAt: 0,
      config,
      parameters: 7850,
      trainExamples: 8000,
      devExamples: 2000,
      features: 784,
      classes: 10,
    },
    state: { kind: 'paused', reason: 'resting' },
    branch: 'b1',
    step: 125,
    epoch: 1,
    day: 2,
    dayFromStep: 125,
    goal: null,
    trainedMs: 60_000,
    dayTrainedMs: 0,
    memoryBytes: null,
    cost: 0.25,
    devCost: 0.3,
    devAccuracy: 0.91,
    stepsPerSecond: 400,
    parametersSha256: HASH,
    readings: { learning_rate: { requested: 0.001, inForce: 0.001, scheduled: 0.0005 } },
    vitals: null,
    branches: [],
    days: [],
    checkpoints: [],
    journal: [],
    ...changes,
  }
}

type AnswerTable = {
  readonly [C in Call]?: (...args: Args<C>) => Reply<C> | Promise<Reply<C>>
}

export interface FakeHost extends CliHost {
  emit(event: RunEvent): void
  emitState(state: RunState): void
  tell<F extends Feed>(feed: F, payload: Feeds[F]): void
  changed(): void
  /** Every call so far, in order, as [name, …arguments]; closing is ['close']. */
  readonly calls: readonly (readonly unknown[])[]
}

/** A host that answers from a table and remembers what it was asked. */
export function fakeHost(answers: AnswerTable, isTraining = true): FakeHost {
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const calls: unknown[][] = []
  const tell = <F extends Feed>(feed: F, payload: Feeds[F]): void => {
    for (const listener of [...(listeners.get(feed) ?? [])]) listener(payload as never)
  }
  const emit = (event: RunEvent): void => tell('run:event', { run: 'd', event })
  const handlers = new Proxy({} as CallHandlers, {
    get:
      (_, name: Call) =>
      async (...args: readonly unknown[]) => {
        calls.push([name, ...args])
        const answer = answers[name] as ((...given: readonly unknown[]) => unknown) | undefined
        if (answer === undefined) throw new Error(`unexpected call ${name}`)
        return await answer(...args)
      },
  })
  return {
    handlers,
    uploads: {
      mostBytes: 0,
      receive: () => Promise.reject(new Error('nothing is sent here')),
    },
    on(feed, listener) {
      const set = listeners.get(feed) ?? new Set()
      listeners.set(feed, set.add(listener))
      return () => void set.delete(listener)
    },
    close: async () => void calls.push(['close']),
    isTraining: () => isTraining,
    emit,
    tell,
    emitState: (state) => emit({ type: 'state', branch: 'b1', step: 0, state }),
    changed: () => tell('runs:changed', {}),
    calls,
  }
}

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The one JSON document on stdout. */
  readonly json: unknown
  /** The JSON lines on stdout. */
  readonly lines: readonly Record<string, unknown>[]
}

export interface Terminal {
  readonly environment: Environment
  stop(cause?: StopCause): void
  readonly dataDirs: readonly string[]
  readonly opened: readonly string[]
  readonly served: { readonly closed: number }
  out(): string
  err(): string
}

/** A terminal around a fake host. Time stands still unless `now` moves it. */
export function terminal(host: FakeHost, changes: Partial<Environment> = {}): Terminal {
  let out = ''
  let err = ''
  const listeners = new Set<(cause: StopCause) => void>()
  const dataDirs: string[] = []
  const opened: string[] = []
  const served = { closed: 0 }
  return {
    environment: {
      stdout: { write: (text) => void (out += text) },
      stderr: { write: (text) => void (err += text) },
      isTty: false,
      columns: () => 80,
      variables: {},
      workingDir: '/work',
      defaultDataDir: '/default',
      version: '1.2.3',
      now: () => 0,
      createHost(dataDir) {
        dataDirs.push(dataDir)
        return host
      },
      startServer: async () => ({
        url: 'http://127.0.0.1:1/?token=t',
        close: async () => void (served.closed += 1),
      }),
      openInBrowser: async (url) => void opened.push(url),
      onStop(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      ...changes,
    },
    stop: (cause = 'signal') => [...listeners].forEach((listener) => listener(cause)),
    dataDirs,
    opened,
    served,
    out: () => out,
    err: () => err,
  }
}

/** Runs one command line to its end. */
export async function panda(
  argv: readonly string[],
  host: FakeHost = fakeHost({}),
  used: Terminal = terminal(host),
): Promise<Outcome> {
  const code = await runCli(argv, used.environment)
  const out = used.out()
  return {
    code,
    out,
    err: used.err(),
    get json() {
      return JSON.parse(out) as unknown
    },
    get lines() {
      const lines = out.trim().split('\n')
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    },
  }
}
