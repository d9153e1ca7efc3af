import { PandaError } from '../../core/errors.ts'
import { connectChannel, serveChannel } from '../../core/protocol/channel.ts'
import type { Channel } from '../../core/protocol/channel.ts'
import type { CallHandlers, Feed, Feeds } from '../../core/protocol/contract.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import type { MetricSeries, RunEvent } from '../../core/protocol/run.ts'
import { createBuckets } from '../../renderer/chart/buckets.ts'
import { BORN_AT, FakeRun, firstSnapshot } from './fake-run.ts'
import { FakeStudy } from './fake-study.ts'
import { studyHandlers } from './fake-study-calls.ts'

const unsupported = (): never => {
  throw new PandaError('session/not-possible-now', 'this host is made up')
}

/** A host in memory. Speaks the real protocol through the real channel, over invented training. */
export class FakeHost {
  readonly runs = new Map<string, FakeRun>()
  readonly studies = new Map<string, FakeStudy>()
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = []
  /** Where feeds go besides connected clients. */
  readonly clients = new Set<<F extends Feed>(feed: F, payload: Feeds[F]) => void>()

  add(name: string, bornAt = BORN_AT): FakeRun {
    const tell = (event: RunEvent) => this.send('run:event', { run: name, event })
    const run = new FakeRun(name, tell, bornAt)
    this.runs.set(name, run)
    this.send('runs:changed', {})
    return run
  }

  /** `trials`: how many it is to have. */
  addStudy(name: string, trials = 12): FakeStudy {
    const study = new FakeStudy(
      name,
      (event) => this.send('study:event', { study: name, event }),
      trials,
    )
    this.studies.set(name, study)
    this.send('studies:changed', {})
    return study
  }

  getStudy(name: string): FakeStudy {
    const study = this.studies.get(name)
    if (study === undefined) {
      throw new PandaError('session/no-such-study', `there is no study "${name}"`)
    }
    return study
  }

  send<F extends Feed>(feed: F, payload: Feeds[F]): void {
    for (const client of this.clients) client(feed, payload)
  }

  get(name: string): FakeRun {
    const run = this.runs.get(name)
    if (run === undefined) throw new PandaError('session/no-such-run', `there is no run "${name}"`)
    return run
  }

  readonly handlers: CallHandlers = {
    ...studyHandlers(this),
    'runs:list': () =>
      [...this.runs.values()].map(({ snapshot, costs, alert }) => ({
        run: snapshot.facts.run,
        file: snapshot.facts.file,
        ok: true,
        ...(alert === undefined ? {} : { alert }),
        state: snapshot.state,
        createdAt: snapshot.facts.createdAt,
        updatedAt: snapshot.journal.at(-1)?.at ?? 0,
        step: snapshot.step,
        epoch: snapshot.epoch,
        day: snapshot.day,
        cost: snapshot.cost,
        devCost: snapshot.devCost,
        devAccuracy: snapshot.devAccuracy,
        sparkline: Float64Array.from(
          [...(costs.get('b1')?.values() ?? [])].filter((_, i) => i % 20 === 0),
        ),
      })),
    'runs:create': ({ name = 'digits' }) => {
      if (this.runs.has(name)) throw new PandaError('store/exists', `"${name}" exists`)
      this.add(name)
      return { run: name, file: `/runs/${name}.panda`, parameters: 235_146, memoryBytes: 5e6 }
    },
    'run:show': (run) => this.get(run).snapshot,
    'run:train': (run) => {
      const { snapshot } = this.get(run)
      this.get(run).state({ kind: 'running' })
      return { branch: snapshot.branch, step: snapshot.step }
    },
    'run:pause': (run) => {
      const { snapshot } = this.get(run)
      this.get(run).state({ kind: 'paused', reason: 'asked' })
      return { branch: snapshot.branch, step: snapshot.step }
    },
    'run:nudge': (run, changes) => this.get(run).nudge(changes as { learning_rate?: number }),
    'run:checkpoint': (run) => this.get(run).checkpoint('asked'),
    'run:preview-rollback': (run, text) => {
      const fake = this.get(run)
      const target = fake.targetOf(text)
      const { branch, step, readings } = fake.snapshot
      const then = firstSnapshot().readings
      return {
        target,
        from: { branch, step },
        stepsToGhost: Math.max(0, step - target.step),
        knobs: (Object.keys(readings) as HyperparameterName[]).map((name) => ({
          name,
          now: readings[name]?.requested ?? 0,
          then: then[name]?.requested ?? 0,
        })),
      }
    },
    'run:rollback': (run, target, { reason }) =>
      this.get(run).rollback(this.get(run).targetOf(target), reason ?? null, 'rollback'),
    'run:undo': (run) => {
      const fake = this.get(run)
      const nudge = fake.snapshot.journal.findLast(({ kind }) => kind === 'nudge')
      if (nudge?.kind !== 'nudge') throw new PandaError('session/nothing-to-undo', 'no nudge')
      return fake.rollback(fake.targetOf(nudge.checkpoint), null, 'undo')
    },
    'run:note': (run, text) => {
      const fake = this.get(run)
      const entry = { ...fake.entry(), kind: 'note' as const, text }
      const { branch, step } = fake.snapshot
      fake.say({ branch, step, type: 'journaled', entry })
      return entry
    },
    'run:verify': () => [],
    'run:days': (run) => this.get(run).snapshot.days,
    'run:checkpoints': (run) => this.get(run).snapshot.checkpoints,
    'run:journal': (run) => this.get(run).snapshot.journal,
    'run:series': (run, { metric, branch, scope = 'lineage', from, to, points = 1e5 }) => {
      const thinned = createBuckets(points)
      const values = this.get(run).series(metric, branch, scope, from, to)
      for (const { step, value } of values) thinned.append(step, Float32Array.of(value))
      const pick = (key: 'step' | 'min' | 'max' | 'mean') =>
        Float64Array.from(thinned.points, (point) => point[key])
      const curve: MetricSeries = {
        metric,
        branch: branch ?? 'b1',
        step: pick('step'),
        min: pick('min'),
        max: pick('max'),
        mean: pick('mean'),
      }
      return curve
    },
    'run:evaluate': unsupported,
    'run:predict': unsupported,
    'run:export': unsupported,
    'run:preflight': unsupported,
    'run:plan-nudge': unsupported,
    'run:drop-plan': unsupported,
    'run:inputs': unsupported,
    'run:reopen': unsupported,
    'run:rename': unsupported,
    'run:delete': unsupported,
    'run:duplicate': unsupported,
    'data:describe': unsupported,
    'settings:read': unsupported,
    'settings:write': unsupported,
  }

  /** Two ends of a pipe that copies what it carries, as a socket would. */
  connect() {
    let toHost: (message: unknown) => void = () => {}
    let toClient: (message: unknown) => void = () => {}
    const far: Channel = {
      post: (message) => toClient(structuredClone(message)),
      onMessage: (listener) => (toHost = listener),
    }
    const near: Channel = {
      post: (message) => toHost(structuredClone(message)),
      onMessage: (listener) => (toClient = listener),
    }
    return { channel: near, drop: this.serve(far) }
  }

  serve(channel: Channel): () => void {
    const spied = Object.fromEntries(
      Object.entries(this.handlers).map(([name, handler]) => [
        name,
        (...args: readonly unknown[]) => {
          this.calls.push({ name, args })
          return (handler as (...given: readonly unknown[]) => unknown)(...args)
        },
      ]),
    ) as unknown as CallHandlers
    const served = serveChannel(spied, channel)
    this.clients.add(served.send)
    return () => {
      this.clients.delete(served.send)
      served.close()
    }
  }

  client() {
    return connectChannel(this.connect().channel)
  }
}
