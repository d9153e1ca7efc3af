import type { RunSnapshot, RunState } from '../../core/protocol/run.ts'
import { standingOf } from '../../core/protocol/standing.ts'
import { defineCommand } from '../command.ts'
import { PAUSE_REASONS } from '../output/journal.ts'
import { toJson, withoutNulls } from '../output/json.ts'
import { formatAccuracy, formatCost, formatEpoch, formatHash } from '../output/numbers.ts'
import { formatPairs, formatTable } from '../output/table.ts'

/** The reason of a state, for scripts; null where the state says it all. */
function detailOf(state: RunState): string | null {
  if (state.kind === 'paused') return state.reason
  if (state.kind === 'preparing') return state.what
  return state.kind === 'failed' ? state.error.message : null
}

function toAnswer(snapshot: RunSnapshot): object {
  const { facts, state, branch, parametersSha256, readings } = snapshot
  return withoutNulls(
    {
      run: facts.run,
      file: facts.file,
      state: state.kind,
      stateDetail: detailOf(state),
      branch,
      ...standingOf(snapshot),
      parameters: facts.parameters,
      parametersSha256,
      hyperparameters: readings,
    },
    'stateDetail',
    'devAccuracy',
  )
}

function describeState(state: RunState): string {
  if (state.kind === 'paused') return `paused: ${PAUSE_REASONS[state.reason]}`
  const detail = detailOf(state)
  return detail === null ? state.kind : `${state.kind}: ${detail}`
}

function formatSnapshot(snapshot: RunSnapshot): string {
  const { facts } = snapshot
  const pairs = formatPairs([
    ['run', facts.run],
    ['file', facts.file],
    ['state', describeState(snapshot.state)],
    ['where', `${snapshot.branch}, step ${snapshot.step}, day ${snapshot.day}`],
    ['epoch', formatEpoch(snapshot.epoch)],
    ['cost', formatCost(snapshot.cost)],
    ['dev cost', formatCost(snapshot.devCost)],
    ['accuracy', formatAccuracy(snapshot.devAccuracy)],
    ['examples', `${facts.trainExamples} to train, ${facts.devExamples} dev`],
    ['parameters', `${facts.parameters} (SHA-256 ${formatHash(snapshot.parametersSha256)}…)`],
  ])
  const readings = formatTable(
    [
      { title: 'hyperparameter', text: ([name]) => name },
      { title: 'requested', align: 'right', text: ([, r]) => String(r.requested) },
      { title: 'in force', align: 'right', text: ([, r]) => String(r.inForce) },
      { title: 'after schedule', align: 'right', text: ([, r]) => String(r.scheduled) },
    ],
    Object.entries(snapshot.readings),
  )
  return `${pairs}\n\n${readings}`
}

export const show = defineCommand({
  operands: ['RUN'],
  about: 'Shows where a run stands and what is in force.',
  options: {},
  examples: ['panda show d', 'panda show d --json'],
  async run(given, shell) {
    const snapshot = await shell.withHost(async (host) =>
      host.handlers['run:show'](given.required(0)),
    )
    shell.print(shell.json ? toJson(toAnswer(snapshot)) : formatSnapshot(snapshot))
    return 0
  },
})
