import { PandaError } from '../../errors.ts'
import type { Point } from '../../protocol/space.ts'
import type { StudyConfig, TrialSummary } from '../../protocol/study.ts'
import { isFounding } from '../../search/population.ts'
import { durably } from '../../store/db.ts'
import type { WritableDb } from '../../store/db.ts'
import { insertChild, updateTrial } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'

/** What becomes of a population at a rung. */
export interface Exchange {
  readonly replaced: readonly TrialRecord[]
  readonly children: readonly { readonly parent: TrialRecord; readonly point: Point }[]
}

/** Lets the worst give way to changed copies of the best, all at once; every trial that this touched. */
export function exchange(
  db: WritableDb,
  { replaced, children }: Exchange,
  space: number,
): readonly TrialRecord[] {
  const at = Date.now()
  return durably(db, () => {
    const gone = replaced.map((trial): TrialRecord => ({
      ...trial,
      state: 'replaced',
      endedAt: at,
    }))
    for (const trial of gone) updateTrial(db, trial)
    const born = children.map(({ parent, point }) =>
      insertChild(db, parent, { point, space, createdAt: at }),
    )
    return [...gone, ...born]
  })
}

type Member = Pick<TrialSummary, 'state' | 'rung' | 'parent'>

const isLiving = ({ state }: Member): boolean =>
  state === 'waiting' || state === 'running' || state === 'paused'

const isStillFounding = (trials: readonly Member[]): boolean =>
  isFounding(
    trials.map((trial) => ({
      isLiving: isLiving(trial),
      rung: trial.rung,
      isCopy: trial.parent !== null,
    })),
  )

/** Throws `session/not-possible-now` where a population has come to its end: nobody is left to be copied. */
export function refuseExtinct({ method }: StudyConfig, trials: readonly Member[]): void {
  if (method !== 'population' || trials.some(isLiving) || isStillFounding(trials)) return
  throw new PandaError(
    'session/not-possible-now',
    'the population has come to its end: no copy will be made in another space',
    'Begin another search there.',
  )
}

/** Throws `session/not-possible-now` where members would join a population after its first comparison. */
export function refuseLatecomers({ method }: StudyConfig, trials: readonly Member[]): void {
  if (method !== 'population' || isStillFounding(trials)) return
  throw new PandaError(
    'session/not-possible-now',
    'members can join a population only until its first comparison, and that is over',
    'Cancel members to make it smaller, or begin another study with more trials.',
  )
}
