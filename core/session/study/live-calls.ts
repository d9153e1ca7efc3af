import { PandaError } from '../../errors.ts'
import type { Args, Call, Reply } from '../../protocol/contract.ts'
import type { StudyState } from '../../protocol/study.ts'
import type { Cared } from '../in-care.ts'
import type { StudyClient } from './study-api.ts'

export type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest]
  ? Rest
  : never

/** The calls that go to whoever has the study in care. */
export type LiveStudyCall = Extract<
  Call,
  | 'study:show'
  | 'study:resume'
  | 'study:pause'
  | 'study:cancel'
  | 'study:add-trials'
  | 'study:change-space'
>

/** Those that a resting study can be asked as well. */
export type Alteration = Extract<
  LiveStudyCall,
  'study:cancel' | 'study:add-trials' | 'study:change-space'
>

/** A study in care: it runs, here or in another process. */
export interface LiveStudy extends Cared {
  readonly isOurs: boolean
  call<C extends LiveStudyCall>(name: C, ...args: Tail<Args<C>>): Promise<Reply<C>>
}

/** How many trials run at once is settled when a study is taken up. */
export function refuseOther(
  study: string,
  parallel: number,
  state: StudyState,
  how: unknown,
): void {
  const wanted = (how as { readonly parallel?: number } | undefined)?.parallel
  if (state !== 'running' || wanted === undefined || wanted === parallel) return
  throw new PandaError(
    'session/not-possible-now',
    `${study} runs with ${parallel} trials at once already`,
    `Pause it first, then go on with ${wanted}.`,
  )
}

type Asked = {
  readonly [C in LiveStudyCall]: (client: StudyClient, ...args: Tail<Args<C>>) => Promise<unknown>
}

/** What each call is to the study's thread. Complete by type. */
const ASKED: Asked = {
  'study:show': (client) => client.call('snapshot'),
  'study:resume': (client) => client.call('resume'),
  'study:pause': (client) => client.call('pause'),
  'study:cancel': (client, trial) => client.call('cancel', trial),
  'study:add-trials': (client, count) => client.call('addTrials', count),
  'study:change-space': (client, space) => client.call('changeSpace', space),
}

export async function ask<C extends LiveStudyCall>(
  client: StudyClient,
  name: C,
  args: Tail<Args<C>>,
): Promise<unknown> {
  const reply = await (
    ASKED[name] as (to: StudyClient, ...given: readonly unknown[]) => Promise<unknown>
  )(client, ...args)
  return name === 'study:show' ? reply : null
}

/** Whoever had it in care let go of it while it was asked. */
export const hasLetGo = (error: unknown): boolean =>
  error instanceof PandaError &&
  (error.code === 'protocol/disconnected' || error.code === 'session/closed')
