import type { BranchId, RunEvent, RunState, TrainAmount } from '../../core/protocol/run.ts'
import { deferred } from '../deferred.ts'
import type { CliHost, Environment } from '../environment.ts'

export interface Following {
  readonly host: CliHost
  /** `id` is what events call the run; `file` is how it is asked for, wherever it lies. */
  readonly run: { readonly id: string; readonly file: string }
  readonly amount: TrainAmount
  readonly environment: Pick<Environment, 'onStop' | 'stderr'>
  readonly onEvent: (event: RunEvent) => void
  /** Whether to leave at once, and silently, where another process does the training. */
  readonly leaveToOthers: boolean
}

/** How following a run ended: it stands still, or another process goes on with it. */
export type FollowedTo =
  | { readonly kind: 'standstill' }
  | { readonly kind: 'elsewhere'; readonly branch: BranchId; readonly step: number }

const isStanding = (state: RunState): boolean =>
  state.kind === 'paused' || state.kind === 'failed' || state.kind === 'stopped'

/**
 * Trains until the run stands still: by itself, by anybody's pause, or because this process is asked to
 * stop. What is trained is saved by then. Rejects where training cannot start or cannot be saved.
 */
export async function trainToStandstill(following: Following): Promise<FollowedTo> {
  const { host, run, amount, environment, onEvent, leaveToOthers } = following
  const still = deferred()
  still.promise.catch(() => {}) // awaited below, but training may fail to start before that

  // A run that is opened first says that it rests; only what follows the start is an end.
  let begun = false
  // Until it is known who trains, nothing is said; an alert is kept, as a change of engine comes first.
  let kept: RunEvent[] | null = leaveToOthers ? [] : null
  const offEvents = host.on('run:event', (told) => {
    if (told.run !== run.id && told.run !== run.file) return
    if (kept === null) onEvent(told.event)
    else if (told.event.type === 'alert') kept.push(told.event)
    if (told.event.type !== 'state') return
    if (told.event.state.kind === 'running') begun = true
    else if (begun && isStanding(told.event.state)) still.resolve()
  })

  // Where another process trains the run for us, its end is told here and nowhere else.
  const offChanges = host.on('runs:changed', () => {
    if (!begun) return
    const look = async (): Promise<void> => {
      const { state } = await host.handlers['run:show'](run.file)
      if (isStanding(state) || state.kind === 'idle') still.resolve()
    }
    look().catch(still.reject)
  })

  // Begins once this function waits: from the first step on, a signal must find somebody to save it.
  const started = Promise.resolve().then(() => host.handlers['run:train'](run.file, amount))
  let stopping = false
  const offStop = environment.onStop((cause) => {
    if (stopping) {
      if (cause === 'signal') environment.stderr.write('panda: still saving; it ends by itself\n')
      return
    }
    stopping = true
    if (cause === 'signal') environment.stderr.write('panda: pausing and saving …\n')
    // Never before the start is acknowledged: a pause that overtakes it would find nothing to pause.
    started.then(() => host.handlers['run:pause'](run.file)).then(still.resolve, still.reject)
  })

  try {
    const { branch, step } = await started
    begun = true
    if (leaveToOthers && !host.isTraining()) return { kind: 'elsewhere', branch, step }
    kept?.forEach(onEvent)
    kept = null
    await still.promise
    return { kind: 'standstill' }
  } finally {
    offStop()
    offEvents()
    offChanges()
  }
}
