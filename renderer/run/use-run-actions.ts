import { computed, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { NudgeChanges, RollbackOptions, TrainAmount } from '../../core/protocol/run.ts'
import type { NudgeHow } from '../knobs/nudge-how.ts'
import type { useRunStore } from '../stores/run.ts'
import { formatCount } from '../ui/format.ts'

/** What a person can do to the run on screen. Each says in the status line what came of it. */
export function useRunActions(store: ReturnType<typeof useRunStore>) {
  /** Why the last nudge was refused: told beside the knobs. */
  const knobError = shallowRef<WireError | null>(null)
  const isSwitching = computed(
    () => store.pending.has('run:train') || store.pending.has('run:pause'),
  )
  const isNudging = computed(() =>
    (['run:nudge', 'run:plan-nudge', 'run:drop-plan', 'run:undo'] as const).some((call) =>
      store.pending.has(call),
    ),
  )

  const train = (amount: TrainAmount) => store.command('run:train', amount)
  const pause = () => store.command('run:pause')
  const toggle = () => (store.isUnderWay ? pause() : train(null))

  async function checkpoint() {
    const saved = await store.command('run:checkpoint')
    if (saved !== null) {
      store.notice = `Checkpoint ${saved.checkpoint} saved at step ${formatCount(saved.step)}.`
    }
  }

  async function verify() {
    store.notice = 'Replaying the closed days…'
    const days = await store.command('run:verify', null)
    if (days === null) return
    const off = days.filter(({ identical }) => !identical).map(({ day }) => day)
    store.notice =
      days.length === 0
        ? 'No day is closed yet: there is nothing to verify.'
        : off.length === 0
          ? `${days.length === 1 ? 'One day was' : `${days.length} days were`} replayed: the same bits.`
          : `Replayed: ${off.map((day) => `day ${day}`).join(', ')} came out differently.`
  }

  async function inKnobs(work: () => Promise<string>) {
    knobError.value = null
    try {
      store.notice = await work()
    } catch (error) {
      knobError.value = toWireError(error)
    }
  }

  async function takeForce(changes: NudgeChanges, how: NudgeHow): Promise<string> {
    if (how.kind === 'when-flat') {
      await store.ask('run:plan-nudge', changes, how.when, how.ramp)
      return 'The nudge waits until the dev cost is flat.'
    }
    const ramp = how.kind === 'ramp' ? how.ramp : undefined
    const { step, checkpoint: before } = await store.ask('run:nudge', changes, ramp)
    const over = ramp === undefined ? '' : `, over ${formatCount(ramp.steps)} steps`
    return `In force from step ${formatCount(step)}${over}; checkpoint ${before} was taken first.`
  }
  const nudge = (changes: NudgeChanges, how: NudgeHow) => inKnobs(() => takeForce(changes, how))

  const undo = () =>
    inKnobs(async () => {
      const { step } = await store.ask('run:undo')
      return `The nudge is undone: back at step ${formatCount(step)}.`
    })
  const dropPlan = (id: number) =>
    inKnobs(async () => {
      await store.ask('run:drop-plan', id)
      return 'The planned nudge is dropped.'
    })

  const preview = (target: string) => store.ask('run:preview-rollback', target)
  const rollback = (target: string, options: RollbackOptions) =>
    store.ask('run:rollback', target, options)

  async function reopen() {
    if ((await store.command('run:reopen')) !== null) await store.reload()
  }

  return {
    knobError,
    isSwitching,
    isNudging,
    train,
    pause,
    toggle,
    checkpoint,
    verify,
    nudge,
    undo,
    dropPlan,
    preview,
    rollback,
    reopen,
  }
}
