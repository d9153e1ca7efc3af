import type {
  Change,
  FlatCondition,
  JournalEntry,
  NoteSubject,
  NudgeRamp,
  PauseReason,
} from '../../core/protocol/run.ts'
import { assertNever } from '../../core/errors.ts'

/** Why a run stands still, as the end of a sentence. */
export const PAUSE_REASONS: { readonly [R in PauseReason]: string } = {
  asked: 'asked to',
  'amount-reached': 'the amount asked for is done',
  'rolled-back': 'rolled back',
  'not-finite': 'a step whose cost or gradient was not finite was refused',
  recovered: 'reopened after a crash',
  resting: 'saved and closed',
}

/** `learning_rate 0.01 → 0.02, l2 0 → 0.1`. */
export const formatChanges = (changes: readonly Change[]): string =>
  changes.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ')

/** When a nudge takes force, as the middle of a sentence. */
export function describeShape(firstStep: number, ramp: NudgeRamp | undefined): string {
  if (ramp === undefined || ramp.steps === 1) return `in force from step ${firstStep} on`
  return `on its way from step ${firstStep} on, there at step ${firstStep + ramp.steps - 1}`
}

/** What a planned nudge waits for, after "until". */
export const describeCondition = ({ evaluations, tolerance }: FlatCondition): string =>
  `the best of ${evaluations} dev costs is not ${tolerance * 100} % below the best before them`

const aboutOf = (about: NoteSubject | undefined): string => {
  if (about === undefined) return ''
  const what = about.kind === 'day' ? `day ${about.day}` : `step ${about.step}`
  return ` (on ${what} of ${about.branch})`
}

/** What one line of the journal says, without when and where. */
export function describeEntry(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'created':
      return 'created'
    case 'started':
      return `started (${entry.engine}, threads: ${entry.threads})`
    case 'paused':
      return `paused: ${PAUSE_REASONS[entry.reason]}`
    case 'nudge': {
      const { changes, firstStep, ramp, plan } = entry
      const shape =
        ramp === undefined
          ? `from step ${firstStep} on`
          : `over steps ${firstStep} to ${firstStep + ramp.steps - 1}`
      const planned = plan === undefined ? '' : `, as planned (${plan})`
      return `nudge: ${formatChanges(changes)} ${shape}${planned}`
    }
    case 'planned': {
      const { id, changes, ramp, when } = entry
      const shape = ramp === undefined ? '' : ` over ${ramp.steps} steps`
      const what = `${formatChanges(changes)}${shape}`
      return `planned (${id}): ${what}, once ${describeCondition(when)}`
    }
    case 'plan-dropped':
      return `plan ${entry.plan} dropped`
    case 'day':
      return `day ${entry.day} closed (${entry.checkpoint})`
    case 'rollback':
    case 'undo': {
      const { branch, step } = entry.from
      const reason = entry.reason === null ? '' : `: ${entry.reason}`
      return `${entry.kind} to ${entry.to} from ${branch} at step ${step}${reason}`
    }
    case 'alert':
      return `alert: ${entry.message}`
    case 'note':
      return `note${aboutOf(entry.about)}: ${entry.text}`
    default:
      return assertNever(entry)
  }
}
