import type { FlatCondition, NudgeRamp } from '../../core/protocol/run.ts'

/** How a nudge is to come into force, as a person chose it. */
export type NudgeHow =
  | { readonly kind: 'now' }
  | { readonly kind: 'ramp'; readonly ramp: NudgeRamp }
  | {
      readonly kind: 'when-flat'
      readonly when: FlatCondition
      readonly ramp?: NudgeRamp
    }
