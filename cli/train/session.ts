import { PandaError } from '../../core/errors.ts'
import type { RunSnapshot, TrainAmount } from '../../core/protocol/run.ts'
import { standingOf } from '../../core/protocol/standing.ts'
import type { Shell } from '../command.ts'
import type { CliHost } from '../environment.ts'
import { formatError } from '../output/errors.ts'
import { PAUSE_REASONS } from '../output/journal.ts'
import { toJson, withoutNulls } from '../output/json.ts'
import { formatAccuracy, formatCost, formatEpoch } from '../output/numbers.ts'
import { trainToStandstill } from './follow.ts'
import type { FollowedTo } from './follow.ts'
import { Pace } from './pace.ts'
import { jsonReporter, progressReporter } from './reporter.ts'

const reasonOf = ({ state }: RunSnapshot): string =>
  state.kind === 'paused' ? state.reason : state.kind

/** The last line of `train --json`. */
function stoppedLine(end: RunSnapshot, stepsPerSecond: number | null): object {
  const { parametersSha256 } = end
  const line = { ...standingOf(end), stepsPerSecond, parametersSha256 }
  return withoutNulls({ event: 'stopped', reason: reasonOf(end), ...line }, 'devAccuracy')
}

function stoppedText(end: RunSnapshot): string {
  const { state, step, epoch, day, cost, devCost, devAccuracy } = end
  const why = state.kind === 'paused' ? PAUSE_REASONS[state.reason] : state.kind
  const accuracy = devAccuracy === null ? '' : ` (${formatAccuracy(devAccuracy)})`
  const costs = `cost ${formatCost(cost)}, dev ${formatCost(devCost)}${accuracy}`
  return `Stopped at step ${step} (epoch ${formatEpoch(epoch)}, day ${day}): ${why}.\n${costs}. Saved.`
}

/** What went wrong, if the run stands still for a bad reason. */
function faultOf(end: RunSnapshot): PandaError | null {
  const { state, facts, step } = end
  if (state.kind === 'failed') {
    const { code, message, remedy } = state.error
    return new PandaError(
      code,
      message,
      remedy ?? `What was saved is safe: panda show ${facts.run}.`,
    )
  }
  if (state.kind !== 'paused' || state.reason !== 'not-finite') return null
  return new PandaError(
    'session/not-possible-now',
    `step ${step + 1} gave a cost or gradient that is not finite, so it was not applied`,
    `Lower the learning rate (panda nudge ${facts.run} learning_rate=…) or roll back, and train on.`,
  )
}

/** To a run that trains, `run:train` is a new goal: right for a window, a surprise from a second terminal. */
function refuseSecondTrainer({ state, facts: { run } }: RunSnapshot): void {
  if (state.kind !== 'running' && state.kind !== 'preparing') return
  throw new PandaError(
    'session/locked',
    `${run} is training already`,
    `Pause it first, or watch it: panda show ${run}.`,
  )
}

/** Trains, says how it goes, and resolves to the exit code. */
export async function trainAndTell(
  host: CliHost,
  shell: Shell,
  run: string,
  amount: TrainAmount,
  { leaveToOthers }: { readonly leaveToOthers: boolean },
): Promise<number> {
  const start = await host.handlers['run:show'](run)
  refuseSecondTrainer(start)
  const reporter = shell.json ? jsonReporter(shell) : progressReporter(shell, start, amount)
  const pace = new Pace(shell.environment.now)
  const id = start.facts.run
  // A run given by its path may lie outside the data directory, where its name alone does not find it.
  const { file } = start.facts
  let reached: FollowedTo
  try {
    reached = await trainToStandstill({
      host,
      run: { id, file },
      amount,
      environment: shell.environment,
      onEvent(event) {
        pace.event(event)
        reporter.event(event)
      },
      leaveToOthers,
    })
  } finally {
    reporter.end()
  }
  if (reached.kind === 'elsewhere') {
    const { branch, step } = reached
    const text = `Trains on elsewhere, from step ${step} of ${branch}.`
    shell.print(shell.json ? toJson({ branch, step }) : text)
    return 0
  }
  const end = await host.handlers['run:show'](file)
  shell.print(shell.json ? toJson(stoppedLine(end, pace.stepsPerSecond())) : stoppedText(end))
  const fault = faultOf(end)
  if (fault === null) return 0
  shell.warn(formatError(fault))
  return 1
}
