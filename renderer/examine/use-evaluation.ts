import { computed, onMounted, ref, shallowRef, watch } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { EvaluateOptions, EvaluationReply, Mistake } from '../../core/protocol/examine.ts'
import type { Cell } from './confusion.ts'
import type { LabelledFiles } from './labelled.ts'

export type EvaluatedOn = 'dev' | 'train' | 'files'

/** So many numbers of mistakes are sent at most: two hundred digits, or a few photographs. */
const MOST_NUMBERS = 400_000
const MOST_MISTAKES = 200
const FEWEST_MISTAKES = 8

export const mistakesFor = (features: number): number =>
  Math.min(MOST_MISTAKES, Math.max(FEWEST_MISTAKES, Math.floor(MOST_NUMBERS / features)))

/** What is evaluated, and what came of it: anew at once when the choice changes, the newest question wins. */
export function useEvaluation(
  evaluate: (options: EvaluateOptions) => Promise<EvaluationReply>,
  features: () => number,
) {
  const on = ref<EvaluatedOn>('dev')
  /** A day's target; empty: the run as it is. */
  const checkpoint = ref('')
  const files = shallowRef<LabelledFiles | null>(null)
  const reply = shallowRef<EvaluationReply | null>(null)
  const failure = shallowRef<WireError | null>(null)
  const isBusy = ref(false)
  const chosen = shallowRef<Cell | null>(null)
  let asked = 0

  const isReady = computed(() => on.value !== 'files' || files.value !== null)

  async function run(): Promise<void> {
    if (!isReady.value) return
    const mine = ++asked
    isBusy.value = true
    failure.value = null
    const about = on.value === 'files' ? { data: files.value ?? undefined } : { on: on.value }
    const options = {
      ...about,
      ...(checkpoint.value !== '' && { checkpoint: checkpoint.value }),
      mistakes: mistakesFor(features()),
    } as EvaluateOptions
    try {
      const said = await evaluate(options)
      if (mine !== asked) return
      reply.value = said
      chosen.value = null
    } catch (error) {
      if (mine !== asked) return
      failure.value = toWireError(error)
      reply.value = null
    } finally {
      if (mine === asked) isBusy.value = false
    }
  }

  onMounted(run)
  watch([on, checkpoint, files], () => {
    // Numbers of the former choice would stand under the new one's name.
    asked += 1
    reply.value = null
    failure.value = null
    isBusy.value = false
    void run()
  })

  /** The mistakes of the chosen pair of classes, or all. */
  const mistakes = computed<readonly Mistake[]>(() => {
    const all = reply.value?.mistakes ?? []
    const names = reply.value?.classNames ?? null
    const cell = chosen.value
    if (cell === null || names === null) return all
    return all.filter(
      ({ actual, predicted }) =>
        actual === names[cell.actual] && predicted === names[cell.predicted],
    )
  })

  return { on, checkpoint, files, reply, failure, isBusy, isReady, chosen, mistakes, run }
}
