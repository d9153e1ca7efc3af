import { PandaError } from '../errors.ts'
import { hashParameters } from '../engine/hash.ts'
import type { BranchId, DayVerification } from '../protocol/run.ts'
import { stateSha256 } from '../store/checkpoints.ts'
import { lineageDays } from '../store/days.ts'
import type { ReadableDb } from '../store/db.ts'
import { checkpointOf, resolveTarget } from './history.ts'
import { Learner } from './learner.ts'
import { replay } from './replay.ts'
import { restore } from './saved-state.ts'
import { nudgesSince } from './find-standing.ts'
import type { Equipment } from './equipment.ts'
import type { Trainer } from './trainer.ts'
import { encodeState } from './training-state.ts'

interface VerifyProgress {
  readonly day: number
  /** Steps of that day. */
  readonly done: number
  readonly total: number
}

/**
 * Replays closed days of a lineage (one, or all where `day` is null) from the checkpoint before each,
 * and compares the whole state they end in. Leaves the learner wherever the last replay ended.
 * Throws `session/no-such-target` where there is no such day.
 */
async function verifyDays(
  db: ReadableDb,
  branch: BranchId,
  learner: Learner,
  day: number | null,
  onStep: (progress: VerifyProgress) => Promise<void>,
): Promise<readonly DayVerification[]> {
  const closed = lineageDays(db, branch)
  const chosen = day === null ? closed : closed.filter((candidate) => candidate.day === day)
  if (chosen.length === 0) {
    throw new PandaError(
      'session/no-such-target',
      day === null ? 'no day is closed yet' : `this line of history has no closed day ${day}`,
      'Train until a day ends; panda days RUN lists them.',
    )
  }
  const results: DayVerification[] = []
  for (const { day: number, fromStep, toStep, checkpoint } of chosen) {
    const start = restore(db, resolveTarget(db, branch, String(number - 1)))
    const end = checkpointOf(db, checkpoint)
    const expected = restore(db, end)
    learner.restore(start.standing.state)
    await replay(learner, {
      nudges: nudgesSince(db, branch, start).filter((entry) => entry.id <= expected.journalId),
      toStep,
      onStep: (step) => onStep({ day: number, done: step - fromStep, total: toStep - fromStep }),
    })
    const state = learner.capture()
    const { meta, payload } = encodeState(state)
    const got = hashParameters(state.engine)
    results.push({
      day: number,
      fromStep,
      toStep,
      expected: end.parametersSha256,
      got,
      identical:
        got === end.parametersSha256 && stateSha256(meta, payload) === expected.stateSha256,
    })
  }
  return results
}

/** How often a replay tells where it is. */
const STEPS_PER_WORD = 20

/** Verifies on an engine of its own, so that the run stays where it is. Throws `session/closed` if broken off. */
export async function verifyOnTwin(
  trainer: Trainer,
  equipment: Equipment | null,
  day: number | null,
  { breathe, isClosing }: { breathe: () => Promise<void>; isClosing: () => boolean },
): Promise<readonly DayVerification[]> {
  if (equipment === null) throw new Error('a replay without equipment')
  const engine = await equipment.createTwin()
  try {
    const learner = new Learner(engine, equipment.dataset, trainer.config, trainer.capture())
    return await verifyDays(trainer.db, trainer.branch, learner, day, async (progress) => {
      if (progress.done % STEPS_PER_WORD === 0) trainer.say({ type: 'verifying', ...progress })
      await breathe()
      if (isClosing()) {
        throw new PandaError('session/closed', 'the replay was broken off', 'Start it again.')
      }
    })
  } finally {
    await engine.dispose()
  }
}
