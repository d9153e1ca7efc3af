import { PandaError } from '../../core/errors.ts'
import type { SearchSpace } from '../../core/protocol/space.ts'
import type { StudySnapshot } from '../../core/protocol/study.ts'
import { findStudyFault } from '../../core/protocol/study-fault.ts'
import type { Shell } from '../command.ts'
import type { CliHost } from '../environment.ts'
import { toJson } from '../output/json.ts'
import { asWord, moreTrials } from './next-step.ts'
import { notesOn } from './space-notes.ts'

/** Pauses and saves a study, wherever it is searched. */
export async function pauseStudy(host: CliHost, shell: Shell, reference: string): Promise<number> {
  const { study, file, state } = await host.handlers['study:show'](reference)
  await host.handlers['study:pause'](file)
  const { state: now } = await host.handlers['study:show'](file)
  const text = state === 'running' ? `Paused and saved.` : `${study} was not searched.`
  const go = now === 'done' ? 'All its trials have ended.' : `Go on: panda search ${asWord(study)}`
  shell.print(shell.json ? toJson({ study, state: now }) : `${text} ${go}`)
  return 0
}

/** What a file holds: a space, or the config of a search, which has one. No path of a run is `space`. */
const spaceIn = (read: unknown): unknown =>
  typeof read === 'object' && read !== null && 'space' in read ? read.space : read

/** Moves a study to another space, whether it is searched now or rests. Checked where it is taken. */
export async function moveStudy(
  host: CliHost,
  shell: Shell,
  reference: string,
  given: unknown,
): Promise<number> {
  const { study, file, config: held } = await host.handlers['study:show'](reference)
  const wanted = spaceIn(given)
  // Said here in plain words: the process that searches it would name a field of its message.
  const fault = findStudyFault({ ...held, space: wanted })
  if (fault !== null) throw new PandaError('config/invalid', fault.message, fault.remedy)
  await host.handlers['study:change-space'](file, wanted as SearchSpace)
  const now = await host.handlers['study:show'](file)
  const { state, config } = now
  const notes = notesOn(config)
  if (shell.json) {
    const told = notes.length > 0 ? { notes } : {}
    shell.print(toJson({ study, state, space: config.space, ...told }))
  } else {
    shell.print(`Later trials of ${study} are drawn from the new space. ${nextOf(now)}`)
    for (const note of notes) shell.warn(`panda: ${note}`)
  }
  return 0
}

function nextOf(snapshot: StudySnapshot): string {
  if (snapshot.state === 'running') return 'It is searched on.'
  if (snapshot.state === 'paused') return `Go on: panda search ${asWord(snapshot.study)}`
  const more = moreTrials(snapshot)
  return more === null
    ? 'It has ended, and takes no more of them.'
    : `It has ended; for more: ${more}`
}
