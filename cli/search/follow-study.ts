import type { StudyEvent, StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import type { LiveStudy, Studies } from '../../core/session/study/studies.ts'
import type { Shell } from '../command.ts'
import { deferred } from '../deferred.ts'
import { toJson } from '../output/json.ts'
import { formatAccuracy, formatCost } from '../output/numbers.ts'
import { formatPoint, formatTrials } from '../output/trials.ts'

export interface FollowOptions {
  readonly parallel?: number | undefined
  /** How many trials there are to be in all; more may be added to a study, none taken away. */
  readonly trials?: number | undefined
}

/** One line for each trial that begins, ends or stands still. */
function tellTrial(shell: Shell, study: StudySnapshot, trial: TrialSummary): void {
  if (shell.json) return shell.print(toJson({ event: 'trial', ...trial }))
  const { state, value, step, reason } = trial
  const figure = study.measure === 'dev_error' ? formatAccuracy(value) : formatCost(value)
  const what = study.measure === 'dev_error' ? 'dev error' : 'dev cost'
  const parts = [
    `trial ${trial.trial} ${state}`,
    ...(state === 'running' ? [formatPoint(study, trial)] : [`step ${step}`]),
    ...(value === null || state === 'running' ? [] : [`${what} ${figure}`]),
    ...(reason === null ? [] : [reason]),
  ]
  shell.print(parts.join(': ').replace(/: (step|dev)/g, ', $1'))
}

function tell(shell: Shell, study: StudySnapshot, seen: Map<number, string>, event: StudyEvent) {
  if (event.type === 'notice') {
    if (shell.json) shell.print(toJson({ event: 'notice', message: event.message }))
    else shell.warn(event.message)
  }
  if (event.type !== 'trial-changed') return
  const { trial, state, rung } = event.trial
  const now = `${state} ${rung}`
  if (seen.get(trial) === now) return
  seen.set(trial, now)
  tellTrial(shell, study, event.trial)
}

/** Searches until the study is done or somebody asks to stop; then everything is saved. */
export async function followStudy(
  studies: Studies,
  shell: Shell,
  reference: string,
  options: FollowOptions,
): Promise<number> {
  const before = studies.show(reference)
  const seen = new Map(before.trials.map(({ trial, state, rung }) => [trial, `${state} ${rung}`]))
  const over = deferred()
  const live = await studies.open(reference, {
    parallel: options.parallel,
    onEvent(event) {
      tell(shell, before, seen, event)
      if (event.type === 'study-state' && event.state === 'done') over.resolve()
    },
  })
  const off = shell.environment.onStop(() => over.resolve())
  try {
    await begin(live, before, options)
    await over.promise
    await live.call('pause')
  } finally {
    off()
    await live.close()
  }
  const end = studies.show(reference)
  if (shell.json) {
    const { state, best, steps, trials } = end
    shell.print(toJson({ event: 'stopped', study: end.study, state, best, steps, trials }))
  } else {
    shell.print(formatTrials(end))
    if (end.state !== 'done') shell.print(`Saved. Go on: panda search ${end.study}`)
    else if (end.best !== null) shell.print(`Make it a run: panda adopt ${end.study} best`)
  }
  return end.best === null && end.state === 'done' ? 1 : 0
}

async function begin(live: LiveStudy, before: StudySnapshot, options: FollowOptions) {
  const more = (options.trials ?? before.config.trials) - before.config.trials
  if (more > 0) await live.call('addTrials', more)
  await live.call('resume')
}
