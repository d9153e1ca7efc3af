import { onScopeDispose, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { StudyConfig, StudyInsight, StudySnapshot } from '../../core/protocol/study.ts'
import { countTrials } from './study-snapshot.ts'

/** A model of the trials is fitted for each answer: more often would take cores from the trials. */
const LEAST_WAIT_MS = 5_000

const subjectOf = ({ space, trials }: StudyConfig): string => `${trials} ${JSON.stringify(space)}`

/** What the trials say of the space, asked for while somebody looks and there is something new. */
export function useInsight(
  snapshot: Readonly<ShallowRef<StudySnapshot | null>>,
  fetch: () => Promise<StudyInsight>,
) {
  const insight = shallowRef<StudyInsight | null>(null)
  const isThinking = shallowRef(false)
  const error = shallowRef<WireError | null>(null)
  let isShown = false
  let askedAt = Number.NEGATIVE_INFINITY
  /** How many trials had ended when last asked; null where an answer is owed in any case. */
  let askedWith: number | null = null
  /** What it was asked about: with another space, or more trials to come, the rounds are others too. */
  let askedAbout = ''
  /** Counts studies, so that an answer about one that was left is dropped. */
  let round = 0

  let later: ReturnType<typeof setTimeout> | null = null
  function forget(): void {
    if (later !== null) clearTimeout(later)
    later = null
  }
  onScopeDispose(forget)

  async function ask({ config, trials }: StudySnapshot): Promise<void> {
    const mine = round
    forget()
    isThinking.value = true
    askedAt = performance.now()
    askedWith = countTrials(trials).ended
    askedAbout = subjectOf(config)
    try {
      const answer = await fetch()
      if (mine !== round) return
      insight.value = answer
      error.value = null
    } catch (reason) {
      if (mine !== round) return
      error.value = toWireError(reason)
    }
    isThinking.value = false
    askIfNew()
  }

  function askIfNew(): void {
    const now = snapshot.value
    if (!isShown || isThinking.value || now === null) return
    const isOwed = askedWith === null || askedAbout !== subjectOf(now.config)
    if (!isOwed && askedWith === countTrials(now.trials).ended) return
    const wait = askedAt + LEAST_WAIT_MS - performance.now()
    if (isOwed || wait <= 0) void ask(now)
    else {
      later ??= setTimeout(() => {
        later = null
        askIfNew()
      }, wait)
    }
  }

  watch(snapshot, askIfNew)

  /** Says whether anybody looks; nothing is asked for while nobody does. */
  function show(shown: boolean): void {
    isShown = shown
    if (shown) askIfNew()
    else forget()
  }

  /** Asks once more, new trials or not. */
  function refresh(): void {
    askedWith = null
    askIfNew()
  }

  function clear(): void {
    round += 1
    forget()
    askedAt = Number.NEGATIVE_INFINITY
    askedWith = null
    insight.value = null
    error.value = null
    isThinking.value = false
  }

  return { insight, isThinking, error, show, refresh, clear }
}
