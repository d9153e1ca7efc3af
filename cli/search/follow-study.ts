import { PandaError, fromWireError } from '../../core/errors.ts'
import { wordsOf } from '../../core/protocol/study.ts'
import type { StudyEvent, StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import type { Shell } from '../command.ts'
import { deferred } from '../deferred.ts'
import type { CliHost } from '../environment.ts'
import { toJson } from '../output/json.ts'
import { formatAccuracy, formatCost } from '../output/numbers.ts'
import { formatPoint, formatTrials } from '../output/trials.ts'
import { asWord, moreTrials } from './next-step.ts'

export interface FollowOptions {
  readonly parallel?: number | undefined
  /** How many trials there are to be in all; more may be added to a study, none taken away. */
  readonly trials?: number | undefined
}

/** One line for each trial that begins, goes on, ends or stands still. */
function tellTrial(shell: Shell, study: StudySnapshot, trial: TrialSummary, isNew: boolean): void {
  if (shell.json) return shell.print(toJson({ event: 'trial', ...trial }))
  const { state, value, step, reason } = trial
  const name = `trial ${trial.trial} ${state}`
  if (state === 'running') {
    const on = step > 0 ? ` on from step ${step}` : ''
    return shell.print(`${name}${on}${isNew ? `: ${formatPoint(study, trial)}` : ''}`)
  }
  const figure = study.measure === 'dev_error' ? formatAccuracy(value) : formatCost(value)
  const what = study.measure === 'dev_error' ? 'dev error' : 'dev cost'
  const measured = value === null ? '' : `, ${what} ${figure}`
  shell.print(`${name}, step ${step}${measured}${reason === null ? '' : `: ${reason}`}`)
}

/** What was said of each trial last, and whose values were. */
interface Said {
  readonly states: Map<number, string>
  readonly points: Set<number>
}

function tell(shell: Shell, study: StudySnapshot, { states, points }: Said, event: StudyEvent) {
  if (event.type === 'notice') {
    if (shell.json) shell.print(toJson({ event: 'notice', message: event.message }))
    else shell.warn(event.message)
  }
  for (const one of wordsOf(event)) {
    if (one.type !== 'trial-changed') continue
    const { trial, state, rung } = one.trial
    const now = `${state} ${rung}`
    if (states.get(trial) === now) continue
    states.set(trial, now)
    tellTrial(shell, study, one.trial, !points.has(trial))
    if (state === 'running') points.add(trial)
  }
}

/** Searches until the study is done, paused by anybody, or somebody asks to stop; then everything is saved. */
async function searchToStandstill(
  host: CliHost,
  shell: Shell,
  before: StudySnapshot,
  options: FollowOptions,
): Promise<void> {
  const { study, file } = before
  const { environment } = shell
  const states = new Map(before.trials.map(({ trial, state, rung }) => [trial, `${state} ${rung}`]))
  const said: Said = { states, points: new Set() }
  const still = deferred()
  still.promise.catch(() => {}) // awaited below, but the search may fail to start before that
  // One that was done says that it rests when it takes more trials: only what follows the start is an end.
  let begun = false
  const offEvents = host.on('study:event', (told) => {
    if (told.study !== study) return
    const { event } = told
    tell(shell, before, said, event)
    if (event.type === 'study-failed') still.reject(fromWireError(event.error))
    if (event.type !== 'study-state') return
    if (event.state === 'running') begun = true
    // One that failed has said so before it rests.
    else if (begun) still.resolve()
  })
  // Begins once this function waits: from the first step on, a signal must find somebody to save it.
  const started = Promise.resolve().then(() => begin(host, before, options))
  let stopping = false
  const offStop = environment.onStop((cause) => {
    if (stopping) {
      if (cause === 'signal') environment.stderr.write('panda: still saving; it ends by itself\n')
      return
    }
    stopping = true
    if (cause === 'signal') environment.stderr.write('panda: pausing and saving …\n')
    // Never before the start is acknowledged: a pause that overtakes it would find nothing to pause.
    started.then(() => host.handlers['study:pause'](file)).then(still.resolve, still.reject)
  })
  try {
    await started
    // One that has nothing left to do never starts.
    if ((await host.handlers['study:show'](file)).state !== 'running') still.resolve()
    await still.promise
  } finally {
    offStop()
    offEvents()
  }
}

async function begin(host: CliHost, { config, file }: StudySnapshot, options: FollowOptions) {
  const more = (options.trials ?? config.trials) - config.trials
  if (more > 0) await host.handlers['study:add-trials'](file, more)
  const { parallel } = options
  await host.handlers['study:resume'](file, parallel === undefined ? undefined : { parallel })
}

/** A study that is searched elsewhere takes more trials from here, and nothing else. */
async function addElsewhere(
  host: CliHost,
  shell: Shell,
  { study, file, config }: StudySnapshot,
  { trials, parallel }: FollowOptions,
): Promise<number> {
  if (trials === undefined || trials <= config.trials || parallel !== undefined) {
    throw new PandaError(
      'session/locked',
      `${study} is searched already`,
      `Watch it: panda trials ${asWord(study)}. Pause it: panda search ${asWord(study)} --pause.`,
    )
  }
  await host.handlers['study:add-trials'](file, trials - config.trials)
  const text = `It is searched elsewhere, and goes on to ${trials} trials. Watch it: panda trials ${asWord(study)}`
  shell.print(shell.json ? toJson({ event: 'added', study, trials }) : text)
  return 0
}

/** Who asks for fewer trials than there are to be means another study, or forgot how far this one goes. */
function refuseFewer({ study, config }: StudySnapshot, { trials }: FollowOptions): void {
  if (trials === undefined || trials >= config.trials) return
  throw new PandaError(
    'session/not-possible-now',
    `${study} is to have ${config.trials} trials already; ${trials} would be fewer`,
    `Name more, or go on without --trials; panda trials ${asWord(study)} --cancel N gives one up.`,
  )
}

/** Why a search that has ended has nothing to show, and what to do about it. */
function withoutResult({ study, trials }: StudySnapshot): string {
  const of = (state: TrialSummary['state']) =>
    trials.filter((trial) => trial.state === state).length
  const [diverged, failed] = [of('diverged'), of('failed')]
  const how = [
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
    ...(failed > 0 ? [`${failed} could not be trained`] : []),
  ]
  const why = how.length > 0 ? ` (${how.join(', ')})` : ''
  const remedy =
    diverged > failed ? 'Search smaller learning rates.' : 'Mend what the reasons in the list say.'
  return `no trial of ${study} could be measured${why}. ${remedy}`
}

/** Goes on with a study, says how it goes, and resolves to the exit code. */
export async function followStudy(
  host: CliHost,
  shell: Shell,
  reference: string,
  options: FollowOptions,
): Promise<number> {
  const before = await host.handlers['study:show'](reference)
  refuseFewer(before, options)
  if (before.state === 'running') return await addElsewhere(host, shell, before, options)
  await searchToStandstill(host, shell, before, options)
  const end = await host.handlers['study:show'](before.file)
  if (shell.json) {
    const { state, best, steps, trials } = end
    shell.print(toJson({ event: 'stopped', study: end.study, state, best, steps, trials }))
  } else {
    shell.print(formatTrials(end))
    if (end.state !== 'done') shell.print(`Saved. Go on: panda search ${asWord(end.study)}`)
    else {
      const more = moreTrials(end)
      if (before.state === 'done' && end.steps === before.steps) {
        shell.print(`Nothing was left to do.${more === null ? '' : ` More trials: ${more}`}`)
      }
      if (end.best !== null) shell.print(`Make it a run: panda adopt ${asWord(end.study)} best`)
    }
  }
  if (end.best !== null || end.state !== 'done') return 0
  shell.warn(`panda: ${withoutResult(end)}`)
  return 1
}
