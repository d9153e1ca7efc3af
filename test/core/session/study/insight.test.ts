import path from 'node:path'
import { expect, test } from 'vitest'
import { endBelief } from '../../../../core/search/end-belief.ts'
import { importanceOf } from '../../../../core/search/importance.ts'
import { historyOf, seedFor } from '../../../../core/search/study-history.ts'
import { surrogateLines } from '../../../../core/search/surrogate-lines.ts'
import { tame } from '../../../../core/search/tamed.ts'
import { zoomRounds } from '../../../../core/search/zoom-rounds.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { readStudy } from '../../../../core/store/study.ts'
import { listTrials } from '../../../../core/store/trials.ts'
import { PLACES } from '../harness.ts'
import { newStudyBench } from './harness.ts'

test('what a study says where trials are stopped early is of the end, from what they came to at every rung', async () => {
  const bench = newStudyBench()
  await bench.runToEnd(
    await bench.create({
      trials: 9,
      method: 'coarse_to_fine',
      budget: { epochs: 4 },
      stop_early: { eta: 3, least: { epochs: 1 } },
      measure: 'dev_cost',
    }),
  )

  const insight = await bench.calls['study:insight']('s')

  const db = openForReading(path.join(bench.folder, 's.study'), { ...PLACES, kind: 'study' })
  const { config, space: count } = readStudy(db)
  const trials = listTrials(db)
  closeRun(db)
  const { space, method } = config
  const history = historyOf(trials, { space, count, method })
  const seed = seedFor(config.seed, count)
  const tamed = tame(history, 2)
  const belief = endBelief(space, tamed, seed)
  if (belief === null) throw new Error('too few trials')
  expect(belief.ends).not.toBeNull()
  expect(insight).toEqual({
    measured: 9,
    importance: importanceOf(space, tamed, seed, belief.ends),
    rounds: zoomRounds(
      { space, seed, trials: 9, history, rungs: 2 },
      trials.map(({ trial }) => trial),
    ),
    surrogate: surrogateLines(space, tamed, belief),
  })
})
