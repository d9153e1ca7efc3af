// A program of its own for process.test.ts: the command line with real outputs and signals, around a
// fake host whose run trains until it is paused. Says "paused" and "closed" on stderr.
import { processEnvironment } from '../../cli/process.ts'
import { runCli } from '../../cli/run-cli.ts'
import { fakeHost, snapshot, terminal } from './fake-host.ts'
import type { FakeHost } from './fake-host.ts'

const TICK_MS = 2

let timer: NodeJS.Timeout
let step = 0
const host: FakeHost = fakeHost({
  'run:show': () => snapshot({ state: { kind: 'paused', reason: 'asked' } }),
  'run:train': () => {
    host.emitState({ kind: 'running' })
    timer = setInterval(() => {
      step += 1
      host.emit({
        type: 'metrics',
        branch: 'b1',
        step,
        firstStep: step,
        costs: Float32Array.of(1),
        epoch: 0,
        day: 1,
        stepsPerSecond: 500,
        readings: {},
        trainedMs: 0,
        dayTrainedMs: 0,
        memoryBytes: null,
      })
    }, TICK_MS)
    return { branch: 'b1', step: 0 }
  },
  'run:pause': () => {
    clearInterval(timer)
    process.stderr.write('paused\n')
    return { branch: 'b1', step }
  },
})

process.exitCode = await runCli(process.argv.slice(2), {
  ...terminal(host).environment,
  ...processEnvironment(),
  now: Date.now,
})
process.stderr.write(host.calls.at(-1)?.[0] === 'close' ? 'closed\n' : 'left open\n')
