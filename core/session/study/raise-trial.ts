import { setImmediate } from 'node:timers/promises'
import type { RunConfig } from '../../protocol/config.ts'
import type { VitalSigns } from '../../protocol/vitals.ts'
import type { EngineFacts } from '../../store/run.ts'
import type { Evaluation, Learner, StepOutcome } from '../learner.ts'
import { checkpointDue, evaluationDue } from '../position.ts'
import type { FromTrial, StretchEnd, TrialStanding, Until } from './trial-messages.ts'

interface RaiseOptions {
  readonly learner: Learner
  readonly config: RunConfig
  readonly until: Until
  /** Before this stretch. */
  readonly trainedMs: number
  readonly engine: EngineFacts
  /** Of the last step before this stretch, and what the dev set said then. */
  readonly cost: number | null
  readonly evaluation: (Evaluation & { readonly step: number }) | null
  readonly isAsked: () => boolean
  readonly post: (message: FromTrial) => void
}

/** So much is done again at the most after a crash, whatever the config says; it comes to the same bits. */
const SAVE_EVERY_MS = 30_000
const TELL_EVERY_MS = 200
const TELL_EVERY_STEPS = 1_000
const BREATHE_EVERY_MS = 50

type Applied = Extract<StepOutcome, { readonly kind: 'applied' }>

/** Trains as far as `until` says, or until asked to stop or a step is not finite, and posts all there is to keep. */
export async function raise(options: RaiseOptions): Promise<void> {
  const { learner, config, until, engine, isAsked, post } = options
  let { cost, evaluation, trainedMs } = options
  let untold: Applied[] = []
  // Told with the steps, not each by itself: where an epoch takes a millisecond, whoever writes would fall behind.
  let evaluations: FromTrial[] = []
  let [toldAt, savedAt, breathedAt] = [performance.now(), performance.now(), performance.now()]

  const tell = () => {
    if (untold.length > 0) post({ type: 'steps', ...measured(untold, learner.position.step) })
    for (const message of evaluations) post(message)
    untold = []
    evaluations = []
    toldAt = performance.now()
  }
  const evaluate = async () => {
    const { step } = learner.position
    if (evaluation?.step === step) return
    const found = await learner.evaluate()
    evaluation = { ...found, step }
    evaluations.push({ type: 'evaluated', step, evaluation: found })
  }
  const here = (): TrialStanding => ({
    state: learner.capture(),
    engine,
    trainedMs,
    cost,
    evaluation,
  })
  const end = (how: StretchEnd) => {
    tell()
    post({ type: 'ended', end: how, at: here() })
  }

  const isThere = () =>
    'step' in until ? learner.position.step >= until.step : trainedMs >= until.trainedMs

  while (!isThere()) {
    if (isAsked()) return end({ kind: 'asked' })
    const begun = performance.now()
    const outcome = await learner.step()
    trainedMs += performance.now() - begun
    if (outcome.kind === 'refused') return end({ kind: 'diverged', reason: why(learner, outcome) })
    untold.push(outcome)
    cost = outcome.cost
    const { before } = outcome
    if (evaluationDue(config.evaluate_every, before, learner.position, learner.trainExamples)) {
      await evaluate()
    }
    const now = performance.now()
    if (untold.length >= TELL_EVERY_STEPS || now - toldAt >= TELL_EVERY_MS) tell()
    const since = now - savedAt
    if (
      since >= SAVE_EVERY_MS ||
      checkpointDue(config.checkpoint_every, before, learner.position, since)
    ) {
      tell()
      post({ type: 'saved', at: here() })
      savedAt = now
    }
    if (now - breathedAt >= BREATHE_EVERY_MS) {
      await setImmediate()
      breathedAt = now
    }
  }
  await evaluate()
  end({ kind: 'reached' })
}

function why(learner: Learner, { cost, gradientNorm }: StepOutcome): string {
  const [what, value] = Number.isFinite(cost) ? ['gradient norm', gradientNorm] : ['cost', cost]
  return `the ${what} of step ${learner.position.step + 1} is ${value}`
}

/** Applied steps, the last of which is `lastStep`, as plain arrays. */
const measured = (steps: readonly Applied[], lastStep: number) => ({
  firstStep: lastStep - steps.length + 1,
  costs: Float64Array.from(steps, ({ cost }) => cost),
  dataCosts: Float64Array.from(steps, ({ dataCost }) => dataCost),
  gradientNorms: Float64Array.from(steps, ({ gradientNorm }) => gradientNorm),
  learningRates: Float64Array.from(steps, ({ learningRate }) => learningRate),
  vitals: steps.flatMap(({ vitals }): VitalSigns[] => (vitals === null ? [] : [vitals])),
})
