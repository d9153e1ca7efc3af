import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { formatCount } from '../../ui/format.ts'
import { STATE_WORDS, formatScalar, formatValue, measureWord, plural } from '../trial-words.ts'
import type { ResultRange, ScatterPoint } from './scatter.ts'

type Studied = Pick<StudySnapshot, 'measure' | 'best'>

/** `learning rate`: the name of a thing that is searched as words. */
export const plainName = (names: ReadonlyMap<string, string>, path: string): string =>
  (names.get(path) ?? path).replaceAll('_', ' ')

/** One point in words, each for its own place in the line under a picture; the figure is its place on the axis. */
export interface PointWords {
  readonly trial: string
  readonly figure: string
  readonly result: string
  readonly state: string
}

export const pointWords = (
  { trial, value, summary, isOutside }: ScatterPoint,
  { measure }: Studied,
): PointWords => ({
  trial: `trial ${formatCount(trial)}`,
  figure: formatScalar(value),
  result: formatValue(measure, summary.value),
  state: `${STATE_WORDS[summary.state]}${isOutside ? ', outside the space' : ''}`,
})

/** The same as one sentence, for who hears it. */
export function pointSentence(point: ScatterPoint, name: string, study: Studied): string {
  const { trial, figure, result, state } = pointWords(point, study)
  return `${trial}, ${name} ${figure}, ${measureWord(study.measure)} ${result}, ${state}`
}

const isBroken = ({ state }: TrialSummary) => state === 'diverged' || state === 'failed'

/** What the picture shows, in words. */
export function scatterSummary(
  points: readonly ScatterPoint[],
  name: string,
  study: Studied,
  shown: { readonly range: ResultRange | null; readonly hasBelief: boolean },
): string {
  const best = points.find(({ trial }) => trial === study.best)
  const broken = points.filter(({ summary }) => isBroken(summary)).length
  const scale = shown.range?.isLog === true ? ', logarithmic' : ''
  const parts = [
    `${name} against the ${measureWord(study.measure)}${scale}, ${plural(points.length, 'trial')}`,
    ...(best === undefined
      ? []
      : [
          `Best is trial ${formatCount(best.trial)} at ${formatScalar(best.value)} ` +
            `with ${formatValue(study.measure, best.summary.value)}`,
        ]),
    ...(broken > 0 ? [`${formatCount(broken)} diverged or failed`] : []),
    ...(shown.hasBelief ? ['With what is believed between the trials'] : []),
  ]
  return `${parts.join('. ')}.`
}
