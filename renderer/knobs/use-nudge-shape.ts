import { computed, ref } from 'vue'
import type { NudgeRamp, RunSnapshot } from '../../core/protocol/run.ts'
import { parseNumber } from '../ui/format.ts'
import type { NudgeHow } from './nudge-how.ts'

export type ShapeKind = NudgeHow['kind']

const whole = (text: string, least: number, most: number): number | null => {
  const value = parseNumber(text)
  return Number.isInteger(value) && value >= least && value <= most ? value : null
}

/** A tenth of an epoch, to two digits: long enough to be gentle, short enough to see what it does. */
export function usualRampSteps({
  facts,
  readings,
}: Pick<RunSnapshot, 'facts' | 'readings'>): number {
  const batch = Math.max(1, readings.batch_size?.inForce ?? 1)
  return Math.max(1, Math.round(Number((facts.trainExamples / batch / 10).toPrecision(2))))
}

/** How the next nudge is to come into force, as it is being chosen. */
export function useNudgeShape(usualSteps: () => number) {
  const kind = ref<ShapeKind>('now')
  /** Null until somebody types: the usual length follows the batch size. */
  const typedSteps = ref<string | null>(null)
  const steps = computed({
    get: () => typedSteps.value ?? String(usualSteps()),
    set: (text) => (typedSteps.value = text),
  })
  /** Does a nudge that waited come evenly over some steps too? */
  const isGradual = ref(false)
  const evaluations = ref('5')
  /** In percent. */
  const tolerance = ref('0.5')

  const ramp = computed<NudgeRamp | null>(() => {
    const count = whole(steps.value, 1, 1e9)
    return count === null ? null : { steps: count }
  })
  const fault = computed<string | null>(() => {
    const hasRamp = kind.value === 'ramp' || (kind.value === 'when-flat' && isGradual.value)
    if (hasRamp && ramp.value === null) return 'A ramp takes a whole number of steps.'
    if (kind.value !== 'when-flat') return null
    if (whole(evaluations.value, 2, 1000) === null) return 'Give 2 to 1000 evaluations.'
    const percent = parseNumber(tolerance.value)
    return percent >= 0 && percent <= 100 ? null : 'Give a share from 0 to 100 %.'
  })
  const how = computed<NudgeHow>(() => {
    if (kind.value === 'ramp' && ramp.value !== null) return { kind: 'ramp', ramp: ramp.value }
    if (kind.value === 'when-flat') {
      const when = {
        evaluations: whole(evaluations.value, 2, 1000) ?? 5,
        tolerance: parseNumber(tolerance.value) / 100,
      }
      const gradual = isGradual.value ? ramp.value : null
      return { kind: 'when-flat', when, ...(gradual === null ? {} : { ramp: gradual }) }
    }
    return { kind: 'now' }
  })
  return { kind, steps, isGradual, evaluations, tolerance, how, fault }
}
export type NudgeShapeState = ReturnType<typeof useNudgeShape>
