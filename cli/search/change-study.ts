import type { SearchSpace } from '../../core/protocol/space.ts'
import type { Shell } from '../command.ts'
import type { CliHost } from '../environment.ts'
import { toJson } from '../output/json.ts'

/** Pauses and saves a study, wherever it is searched. */
export async function pauseStudy(host: CliHost, shell: Shell, reference: string): Promise<number> {
  const { study, file, state } = await host.handlers['study:show'](reference)
  await host.handlers['study:pause'](file)
  const { state: now } = await host.handlers['study:show'](file)
  const text = state === 'running' ? `Paused and saved.` : `${study} was not searched.`
  shell.print(shell.json ? toJson({ study, state: now }) : `${text} Go on: panda search ${study}`)
  return 0
}

/** Moves a study to another space, whether it is searched now or rests. Checked where it is taken. */
export async function moveStudy(
  host: CliHost,
  shell: Shell,
  reference: string,
  space: unknown,
): Promise<number> {
  const { study, file } = await host.handlers['study:show'](reference)
  await host.handlers['study:change-space'](file, space as SearchSpace)
  const { state, config } = await host.handlers['study:show'](file)
  if (shell.json) shell.print(toJson({ study, state, space: config.space }))
  else {
    const go = state === 'running' ? 'It is searched on.' : `Go on: panda search ${study}`
    shell.print(`Later trials of ${study} are drawn from the new space. ${go}`)
  }
  return 0
}
