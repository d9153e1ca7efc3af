import type { Advice } from '../protocol/study.ts'

/** What is known of a model and of the machine it is to be raised on. */
export interface Prospect {
  /** A step with as many threads as a run takes, and with one. */
  readonly stepMs: number
  readonly trialStepMs: number
  /** Before a trial's first step, each time it is started: its network is built. */
  readonly startMs: number
  /** The dev set once, with one thread, and how many steps lie between two times. */
  readonly evaluateMs: number
  readonly stepsPerEvaluation: number
  readonly stepsPerEpoch: number
  readonly epochs: number
  readonly days: number
  readonly cores: number
  /** What one trial takes, and what all together may take. */
  readonly trialBytes: number
  readonly memoryBytes: number
}

/** With so many whole models side by side the best of them beats what nursing one could do. */
const CAVIAR = 24
/** A search before day 0 may take this share of the time. */
const SEARCH_SHARE = 0.1
/** Each of its trials has at the most this share of a whole model's epochs; more, rather than longer, trials. */
const LENGTHS = [0.2, 0.1, 0.05, 0.02, 0.01] as const
/** Of 60 random points the best is among the best 5 % of the space with 95 % certainty; of 12, among 22 %. */
const MOST_TRIALS = 60
const GOOD_TRIALS = 30
const FEWEST_TRIALS = 12
/**
 * Caviar raises no more than this, and by then whole: of 200 random points the best is among the best 1.5 %
 * with 95 % certainty, and where there is time for them all nothing that starts slowly need be given up.
 */
const MOST_WHOLE = 200
/** Trials shorter than this tell noise apart. */
const FEWEST_STEPS = 200
/** Of a whole trial, what one takes on average when two of three stop at a ninth and at a third of it. */
export const STOPPED_EARLY = 1 / 9 + (1 / 3) * (2 / 9) + (1 / 9) * (2 / 3)
/** How often one is started then: each rung that it climbs to is a stretch of its own. The best has three. */
const STRETCHES = 1 + 1 / 3 + 1 / 9
const MOST_STRETCHES = 3

const MS_PER_HOUR = 3_600_000

/** Panda, caviar, or a short search and then a panda. Saving is not counted. */
export function adviceOn(prospect: Prospect): Advice {
  const { stepMs, trialStepMs, startMs, evaluateMs, stepsPerEpoch, epochs, days, cores } = prospect
  const steps = stepsPerEpoch * epochs
  const hours = days * 24
  const evaluations = Math.max(1, steps / prospect.stepsPerEvaluation)
  const workHours = (trialStepMs * steps + evaluateMs * evaluations) / MS_PER_HOUR
  // More threads are taken to help an evaluation as they help a step.
  const modelHours = (stepMs / trialStepMs) * workHours
  const trialHours = workHours + startMs / MS_PER_HOUR
  const holds = Math.max(1, Math.floor(prospect.memoryBytes / prospect.trialBytes))
  const parallel = Math.min(cores, holds)
  const models = parallel * Math.floor(hours / trialHours)
  const figures = { stepMs, trialStepMs, stepsPerEpoch, modelHours, models, parallel }

  const time = timeOf(hours)
  const on =
    parallel < cores
      ? `${plural(cores, 'core')}, with memory for ${plural(parallel, 'model')} at once,`
      : plural(cores, 'core')
  const model = `model${models === 1 ? '' : 's'} of ${plural(epochs, 'epoch')}`
  // Each stretch ends with an evaluation.
  const stretchHours = (startMs + evaluateMs) / MS_PER_HOUR
  const room = { ...prospect, parallel, hours, modelHours, trialHours, workHours, stretchHours }
  if (models >= CAVIAR) {
    const search = caviarWithin(room, models)
    const reason =
      `In ${time} ${on} can raise ${countOf(models)} ${model} (${timeOf(trialHours)} each), ` +
      `so try many side by side and keep the best: ${planOf(search)} take ${timeOf(search.hours)}.`
    return { ...figures, way: 'caviar', reason, search }
  }
  if (modelHours > hours) {
    const reason =
      `One model of ${plural(epochs, 'epoch')} takes ${timeOf(modelHours)}, ` +
      `${figure(modelHours / hours)} times the ${time} there are. There is time for ` +
      `${plural((epochs * hours) / modelHours, 'epoch')}: raise one with care.`
    return { ...figures, way: 'panda', reason, search: null }
  }
  const few =
    models === 0
      ? `In ${time} there is room for one model of ${plural(epochs, 'epoch')} (${timeOf(modelHours)})`
      : `In ${time} ${on} can raise ${countOf(models)} ${model} (${timeOf(trialHours)} each), too few to choose from`
  const search = searchWithin(room)
  if (search === null) {
    const reason = `${few}, and no time to search first: raise one with care.`
    return { ...figures, way: 'panda', reason, search }
  }
  const reason = `${few}. A search of ${planOf(search)} takes ${timeOf(search.hours)}; then raise the best with care.`
  return { ...figures, way: 'search-then-panda', reason, search }
}

interface Room extends Prospect {
  readonly parallel: number
  readonly hours: number
  readonly modelHours: number
  /** A whole trial from its start, and its steps and evaluations alone. */
  readonly trialHours: number
  readonly workHours: number
  /** What starting a trial once, and evaluating it at the end, takes beside its work. */
  readonly stretchHours: number
}

/** What a trial of a share of a whole one's steps takes where some are stopped: on average, and the best one. */
const earlyHours = ({ workHours, stretchHours }: Room, share: number) => ({
  each: STOPPED_EARLY * share * workHours + STRETCHES * stretchHours,
  longest: share * workHours + MOST_STRETCHES * stretchHours,
})

type Plan = NonNullable<Advice['search']>

const planOf = ({ trials, epochs, stopsEarly }: Plan): string =>
  `${trials} trials of ${plural(epochs, 'epoch')}${stopsEarly ? ', stopped early,' : ''}`

/**
 * As many whole models as are worth comparing; where the time is not enough for those, more trials than would
 * fit whole, those that fall behind stopped early.
 */
function caviarWithin(room: Room, models: number): Plan {
  const { hours, parallel, trialHours, epochs, stepsPerEpoch } = room
  const steps = Math.ceil(epochs * stepsPerEpoch)
  const plan = { epochs, steps, parallel }
  const { each, longest } = earlyHours(room, 1)
  // Where a trial takes longer to start than to train nothing is won by stopping it.
  if (models >= MOST_WHOLE || steps < FEWEST_STEPS || each >= trialHours || longest > hours) {
    const trials = Math.min(models, MOST_WHOLE)
    return { ...plan, trials, hours: Math.ceil(trials / parallel) * trialHours, stopsEarly: false }
  }
  const trials = Math.min(MOST_WHOLE, Math.floor((hours * parallel) / each))
  // The one that is best trains to its end.
  const taken = Math.max((trials * each) / parallel, longest)
  return { ...plan, trials, hours: taken, stopsEarly: true }
}

/** The longest trials of which there can be a good many, else a few, in the time that a search may take. */
function searchWithin(room: Room): Plan | null {
  const { parallel, hours, modelHours, epochs, stepsPerEpoch } = room
  const may = Math.min(SEARCH_SHARE * hours, hours - modelHours)
  const searches = LENGTHS.filter((share) => share * epochs * stepsPerEpoch >= FEWEST_STEPS)
    // The longest trial is not shared between cores.
    .filter((share) => earlyHours(room, share).longest <= may)
    .map((share) => {
      const { each, longest } = earlyHours(room, share)
      const trials = Math.min(MOST_TRIALS, Math.floor((may * parallel) / each))
      const together = (trials * each) / parallel
      const steps = Math.ceil(share * epochs * stepsPerEpoch)
      const taken = Math.max(together, longest)
      return { trials, epochs: share * epochs, steps, parallel, stopsEarly: true, hours: taken }
    })
  return (
    searches.find(({ trials }) => trials >= GOOD_TRIALS) ??
    searches.findLast(({ trials }) => trials >= FEWEST_TRIALS) ??
    null
  )
}

/** To two digits where it is small, whole where it is not. */
const figure = (value: number): string =>
  String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)))

/** More than anyone compares need no exact figure. */
const countOf = (count: number): string => (count < 1_000 ? String(count) : 'over a thousand')

const plural = (count: number, what: string): string =>
  `${figure(count)} ${what}${Number(count.toPrecision(2)) === 1 ? '' : 's'}`

function timeOf(hours: number): string {
  if (hours >= 48) return plural(hours / 24, 'day')
  if (hours >= 1) return `${figure(hours)} h`
  return hours * 60 >= 1 ? `${figure(hours * 60)} min` : `${figure(hours * 3_600)} s`
}
