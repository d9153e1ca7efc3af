import { describe, expect, test } from 'vitest'
import type { StudySummary, StudyWord, TrialSummary } from '../../../core/protocol/study.ts'
import { hearTrial, newsBetween } from '../../../renderer/shell/study-news.ts'
import type { LostTrials } from '../../../renderer/shell/study-news.ts'
import { FakeStudy, doneTrial, trialAt } from '../fake-study.ts'

type Readable = Extract<StudySummary, { readonly ok: true }>

function summary(change: Partial<Readable> = {}): Readable {
  const study = new FakeStudy('s', () => {})
  study.put(doneTrial(3, 0.044))
  study.state('running')
  return { ...(study.summary() as Readable), ...change }
}

describe('what is news of a study', () => {
  test('that it is done, with its best trial; once', () => {
    const [running, done] = [summary(), summary({ state: 'done' })]

    expect(newsBetween([running], [done])).toEqual([
      {
        kind: 'finished',
        run: 's',
        text: 'Every trial has ended: best dev error 4.40 %, trial 3.',
        tone: 'good',
      },
    ])
    expect(newsBetween([done], [done])).toEqual([])
  })

  test('that it is done and nothing came of it', () => {
    const [news] = newsBetween([summary()], [summary({ state: 'done', best: null })])

    expect(news).toMatchObject({ kind: 'finished', tone: 'bad' })
  })

  test('that its care broke off', () => {
    const failure = { code: 'engine/failed', message: 'its thread broke', remedy: null } as const

    expect(newsBetween([summary()], [summary({ state: 'paused', failure })])).toEqual([
      { kind: 'failed', run: 's', text: 'Its thread broke.', tone: 'bad' },
    ])
  })

  test('a study that is new, or has another’s name, brings none', () => {
    const done = summary({ state: 'done' })

    expect(newsBetween([], [done])).toEqual([])
    expect(newsBetween([summary({ createdAt: 1 })], [done])).toEqual([])
  })
})

describe('trials that come to nothing', () => {
  const changed = (trial: TrialSummary): StudyWord => ({ type: 'trial-changed', trial })
  const lost = (trial: number) =>
    changed(trialAt(trial, { state: 'diverged', reason: 'the cost is NaN' }))
  const told = (words: readonly StudyWord[]) => {
    let so: LostTrials = new Map()
    return words.flatMap((word) => {
      const { lost: next, news } = hearTrial(so, 's', word)
      so = next
      return news === null ? [] : [news.text]
    })
  }

  test('are news when the fifth in a row is lost, and not again with the sixth', () => {
    const events = [1, 2, 2, 3, 4, 5, 6, 7].map(lost)

    expect(told(events)).toEqual([
      '5 trials in a row diverged or failed. The last one: The cost is NaN.',
    ])
  })

  test('one that goes well between them begins the count anew', () => {
    const fine = changed(doneTrial(5, 0.1))

    expect(told([...[1, 2, 3, 4].map(lost), fine, ...[6, 7, 8, 9].map(lost)])).toEqual([])
  })
})
