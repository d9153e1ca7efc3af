import type { StudyInsight } from '../../protocol/study.ts'
import { rungsOf } from '../../search/budget.ts'
import { endBelief } from '../../search/end-belief.ts'
import { importanceOf } from '../../search/importance.ts'
import { historyOf, seedFor } from '../../search/study-history.ts'
import { surrogateLines } from '../../search/surrogate-lines.ts'
import { tame } from '../../search/tamed.ts'
import { zoomRounds } from '../../search/zoom-rounds.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readStudy } from '../../store/study.ts'
import type { StudyRecord } from '../../store/study.ts'
import { listTrials } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'
import type { TaskOf } from '../worker-task.ts'

/** Reads a study's file, on a connection that is closed before the thinking begins. */
export function insightOf(
  task: Pick<TaskOf<'study:insight'>, 'file' | 'migrationsDir'>,
): Promise<StudyInsight> {
  const { migrationsDir } = task
  const db = openForReading(task.file, { migrationsDir, kind: 'study' })
  const read = () => {
    try {
      return { study: readStudy(db), trials: listTrials(db) }
    } finally {
      closeRun(db)
    }
  }
  const { study, trials } = read()
  return Promise.resolve(insightInto(study, trials))
}

/** What trials say of the space as it is now; those that lie outside of it say nothing. */
function insightInto(study: StudyRecord, all: readonly TrialRecord[]): StudyInsight {
  const { config, space: count } = study
  const { space, method } = config
  const now = { space, count, method }
  const trials = all.filter((trial) => historyOf([trial], now).length > 0)
  const history = historyOf(trials, now)
  const seed = seedFor(config.seed, count)
  // Members of a population change on the way: what a copy came to at its parent's rungs is not due to its own.
  const rungs = method === 'population' ? 1 : rungsOf(config).length
  const tamed = tame(history, rungs)
  // Before the forests: their views of matrices make ml-matrix six times slower for the rest of the thread.
  const belief = endBelief(space, tamed, seed)
  const surrogate = belief === null ? [] : surrogateLines(space, tamed, belief)
  const left = config.trials - (all.length - history.length)
  const rounds =
    method === 'coarse_to_fine'
      ? zoomRounds(
          { space, seed, trials: left, history, rungs },
          trials.map(({ trial }) => trial),
        )
      : []
  const importance = importanceOf(space, tamed, seed, belief?.ends)
  return { measured: tamed.length, importance, rounds, surrogate }
}
