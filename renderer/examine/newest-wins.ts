import { onScopeDispose, readonly, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'

/**
 * Asks again whenever there is something newer, at most once in `restMs` and one at a time: of what comes
 * meanwhile only the newest is asked, and an answer that something newer has overtaken by `clear` is
 * dropped.
 */
export function useNewestWins<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  restMs: number,
) {
  const answer = shallowRef<Answer | null>(null)
  const failure = shallowRef<WireError | null>(null)
  const isAsking = shallowRef(false)
  const isBehind = shallowRef(false)
  let waiting: { readonly question: Question } | null = null
  let rest: ReturnType<typeof setTimeout> | null = null
  let generation = 0

  async function next(): Promise<void> {
    if (waiting === null || isAsking.value || rest !== null) return
    const { question } = waiting
    waiting = null
    const mine = generation
    isAsking.value = true
    rest = setTimeout(() => {
      rest = null
      void next()
    }, restMs)
    try {
      const said = await ask(question)
      if (mine !== generation) return
      answer.value = said
      failure.value = null
    } catch (error) {
      if (mine !== generation) return
      failure.value = toWireError(error)
      answer.value = null
    } finally {
      isAsking.value = false
      if (mine === generation && waiting === null) isBehind.value = false
      void next()
    }
  }

  function put(question: Question): void {
    waiting = { question }
    isBehind.value = true
    void next()
  }

  /** Forgets the answer, and what is still to come of it. */
  function clear(): void {
    generation += 1
    waiting = null
    isBehind.value = false
    answer.value = null
    failure.value = null
  }

  onScopeDispose(() => {
    clear()
    if (rest !== null) clearTimeout(rest)
  })
  return {
    answer: readonly(answer) as Readonly<typeof answer>,
    failure: readonly(failure) as Readonly<typeof failure>,
    isAsking: readonly(isAsking),
    /** The answer is to an older question than the newest. */
    isBehind: readonly(isBehind),
    put,
    clear,
  }
}
