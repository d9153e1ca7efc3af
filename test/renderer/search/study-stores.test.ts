import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp } from 'vue'
import { PandaError } from '../../../core/errors.ts'
import type { CallHandlers } from '../../../core/protocol/contract.ts'
import type { StudyInsight, StudyState } from '../../../core/protocol/study.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import { useStudiesStore } from '../../../renderer/stores/studies.ts'
import { useStudyStore } from '../../../renderer/stores/study.ts'
import { FakeHost } from '../fake-host.ts'
import { doneTrial, trialAt } from '../fake-study.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets messages through, and everything that waits no longer than this. */
const pass = async (ms = 0) => {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
}

async function arrange(...studies: readonly string[]) {
  return await arrangeWith(studies, () => ({}))
}

/** A host that answers some calls in its own way. */
async function arrangeWith(
  studies: readonly string[],
  answers: (usual: CallHandlers) => Partial<CallHandlers>,
) {
  const host = new FakeHost()
  Object.assign(host.handlers, answers({ ...host.handlers }))
  for (const study of studies) host.addStudy(study)
  let drop = () => {}
  const dial = (dropped: (reason: string) => void) => {
    const connection = host.connect()
    drop = () => {
      connection.drop()
      dropped('test')
    }
    return Promise.resolve(connection.channel)
  }
  const pinia = createPinia()
  createApp({}).provide(linkKey, openLink(dial)).use(pinia)
  setActivePinia(pinia)
  await pass()
  return { host, list: useStudiesStore(), store: useStudyStore(), drop: () => drop() }
}
const asked = (host: FakeHost, name: string) =>
  host.calls.filter((call) => call.name === name).length

describe('the study on screen', () => {
  test('is brought forward by its own events, and by no other study’s', async () => {
    const { host, store } = await arrange('a', 'b')
    await store.open('a')

    host.getStudy('a').put(doneTrial(1, 0.1))
    host.getStudy('b').put(doneTrial(2, 0.01))
    await pass()

    expect(store.snapshot?.trials.map(({ trial }) => trial)).toEqual([1])
    expect(store.snapshot?.best).toBe(1)
  })

  test('shows a calm picture three times a second at the most, and never misses the last', async () => {
    const { host, store } = await arrange('a')
    await store.open('a')
    await pass(300)
    const seen = new Set<unknown>()
    const look = () => seen.add(store.calm)
    look()

    for (let step = 1; step <= 50; step++) {
      host.getStudy('a').put(trialAt(1, { step }))
      await pass(20) // fifty a second
      look()
    }
    await pass(420)

    expect(seen.size).toBeLessThanOrEqual(4) // what was there, and one each 340 ms
    expect(seen.size).toBeGreaterThan(2)
    expect(store.calm?.trials[0]?.step).toBe(50)
  })

  test('gives the calm picture a frame of its own: never the one in which figures come', async () => {
    const { host, store } = await arrange('a')
    await store.open('a')
    const study = host.getStudy('a')
    study.put(trialAt(1, { step: 1 }))
    await pass(2_000)

    for (let step = 2; step <= 20; step++) {
      study.put(trialAt(1, { step }))
      await pass()
      const before = store.calm
      await pass(70)
      // It falls into step with the figures within a few of them.
      if (step > 12) expect(store.calm).toBe(before)
      await pass(130)
    }

    expect(store.calm?.trials[0]?.step).toBeGreaterThan(17)
  })

  test('shows at once that a study stands, or that its config is another', async () => {
    const { host, store } = await arrange('a')
    await store.open('a')
    const study = host.getStudy('a')
    study.state('running')
    await pass()

    study.put(trialAt(1, { step: 9 }))
    await pass()
    const figures = store.calm?.trials.length
    study.state('paused')
    await pass()
    const state = store.calm?.state
    study.addTrials(3)
    await pass()

    expect(figures).toBe(0)
    expect(state).toBe('paused')
    expect(store.calm?.config.trials).toBe(study.snapshot.config.trials)
  })

  test('a reply about one that was left is dropped', async () => {
    let answer = () => {}
    const slow = new Promise<void>((resolve) => (answer = resolve))
    const { host, store } = await arrangeWith(['a', 'b'], (usual) => ({
      'study:show': async (study) => {
        if (study === 'a') await slow
        return usual['study:show'](study)
      },
    }))

    const first = store.open('a')
    await store.open('b')
    answer()
    await first

    expect(asked(host, 'study:show')).toBe(2)
    expect(store.snapshot?.study).toBe('b')
  })

  test('a refused command is told, and one that goes well clears it', async () => {
    let isTaken = true
    const { store } = await arrangeWith(['a'], (usual) => ({
      'study:resume': (study, options) => {
        if (isTaken) throw new PandaError('session/not-possible-now', 'another process runs it')
        return usual['study:resume'](study, options)
      },
    }))
    await store.open('a')

    await store.toggle()
    expect(store.failure?.message).toBe('another process runs it')
    isTaken = false
    await store.toggle()
    await pass()

    expect(store.failure).toBeNull()
    expect(store.isRunning).toBe(true)
    expect(store.isSwitching).toBe(false)
  })

  test('one that is deleted under one’s eyes says so', async () => {
    const { host, list, store } = await arrange('a')
    await list.refresh()
    await store.open('a')

    host.studies.delete('a')
    host.send('studies:changed', {})
    await pass()

    expect(store.failure?.code).toBe('session/no-such-study')
  })

  test('one that another process paused is asked for anew, and not again while the answer stays', async () => {
    let state: StudyState | null = null
    const { host, store, list } = await arrangeWith(['a'], (usual) => ({
      'studies:list': async () =>
        (await usual['studies:list']()).map((one) => ({ ...one, ...(state && { state }) })),
    }))
    await store.open('a')
    host.getStudy('a').state('running')
    await list.refresh()
    await pass(1_000)
    host.getStudy('a').snapshot = { ...host.getStudy('a').snapshot, state: 'paused' } // untold

    host.send('studies:changed', {})
    await pass()

    expect(store.snapshot?.state).toBe('paused')
    expect(asked(host, 'study:show')).toBe(2)
    state = 'done' // the list says so, and the study itself does not
    for (let i = 0; i < 5; i++) {
      host.send('studies:changed', {})
      await pass(1_000)
    }
    expect(asked(host, 'study:show')).toBe(3)
  })

  test('after a lost connection it is asked for anew', async () => {
    const { host, store, drop } = await arrange('a')
    await store.open('a')
    drop()
    host.getStudy('a').put(doneTrial(1, 0.1)) // nobody hears of it

    await pass(1_000)

    expect(store.snapshot?.best).toBe(1)
  })
})

describe('what the trials say of the space', () => {
  test('is asked for while it is looked at, again when more trials ended, and every five seconds at most', async () => {
    const { host, store } = await arrange('a')
    host.getStudy('a').put(doneTrial(1, 0.1))
    await store.open('a')
    await pass()
    expect(asked(host, 'study:insight')).toBe(0)

    store.showInsight(true)
    await pass()
    expect(store.insight?.measured).toBe(1)
    for (const trial of [2, 3, 4]) {
      host.getStudy('a').put(doneTrial(trial, 0.1))
      await pass(500)
    }
    expect(asked(host, 'study:insight')).toBe(1)
    await pass(5_000)

    expect(asked(host, 'study:insight')).toBe(2)
    expect(store.insight?.measured).toBe(4)
    await pass(20_000)
    expect(asked(host, 'study:insight')).toBe(2)
  })

  test('is asked for at once when trials are added, or the space is another: rounds and paths change with both', async () => {
    const { host, store } = await arrange('a')
    const study = host.getStudy('a')
    study.put(doneTrial(1, 0.1))
    await store.open('a')
    store.showInsight(true)
    await pass(400)

    study.addTrials(10)
    await pass(400)
    const afterAdding = asked(host, 'study:insight')
    study.changeSpace({ optimizer: { type: 'choice', values: ['adam', 'momentum'] } })
    await pass(400)

    expect(afterAdding).toBe(2)
    expect(asked(host, 'study:insight')).toBe(3)
  })

  test('is never asked for twice at once, and a late answer about another study is dropped', async () => {
    const answers: ((insight: StudyInsight) => void)[] = []
    const { store } = await arrangeWith(['a', 'b'], () => ({
      'study:insight': () => new Promise<StudyInsight>((resolve) => answers.push(resolve)),
    }))
    await store.open('a')
    store.showInsight(true)
    await pass()
    store.refreshInsight()
    await pass(10_000)
    expect(store.isThinking).toBe(true)
    expect(answers).toHaveLength(1)

    await store.open('b')
    answers[0]?.({ measured: 99, importance: null, rounds: [], surrogate: [] })
    await pass()

    expect(store.insight).toBeNull()
  })

  test('a failure is told, and asking again may mend it', async () => {
    let isBroken = true
    const { store } = await arrangeWith(['a'], (usual) => ({
      'study:insight': (study) => {
        if (isBroken) throw new PandaError('internal', 'it broke')
        return usual['study:insight'](study)
      },
    }))
    await store.open('a')
    store.showInsight(true)
    await pass()
    expect(store.insightError?.message).toBe('it broke')
    isBroken = false

    store.refreshInsight()
    await pass()

    expect(store.insightError).toBeNull()
    expect(store.insight).not.toBeNull()
  })
})

describe('the list of studies', () => {
  test('is asked for again when trials end: once a second, however many', async () => {
    const { host, list } = await arrange('a')
    await list.refresh()
    const before = asked(host, 'studies:list')

    for (let trial = 1; trial <= 20; trial++) host.getStudy('a').put(doneTrial(trial, 0.1 / trial))
    await pass(3_000)

    expect(asked(host, 'studies:list') - before).toBe(2) // the first at once, the rest together
    expect(list.studies?.[0]).toMatchObject({ ended: 20, best: { trial: 20 } })
  })

  test('a new name is one that no study has', async () => {
    const { list } = await arrange('digits', 'digits-2')
    await list.refresh()

    expect(list.createName('digits')).toBe('digits-3')
    expect(list.createName('moons')).toBe('moons')
  })
})
