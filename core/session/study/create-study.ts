import type { RawDataset } from '../../data/dataset.ts'
import { loadRawDataset } from '../../data/load.ts'
import { storeDataset } from '../../data/stored.ts'
import { PandaError } from '../../errors.ts'
import type { RunConfig } from '../../protocol/config.ts'
import { studyConfig } from '../../protocol/study.ts'
import { findStudyFault } from '../../protocol/study-fault.ts'
import type { StudyConfig } from '../../protocol/study.ts'
import type { Point } from '../../protocol/space.ts'
import { exchangesOf, rungsOf } from '../../search/budget.ts'
import { METHODS } from '../../search/methods/index.ts'
import { isLive } from '../../search/population.ts'
import { refuseForbidden, refuseNeverAsked } from '../../search/reach.ts'
import { unsearchable } from '../../search/study-history.ts'
import { checkSpace, pointAt } from '../../search/space.ts'
import { createRunFile } from '../../store/create.ts'
import type { DataFacts } from '../../store/run.ts'
import { insertStudy } from '../../store/study.ts'
import { insertTrial } from '../../store/trials.ts'
import { factsOfData } from '../create-run.ts'
import { prepareFor } from '../run-data.ts'
import { dataOfRun } from './from-run.ts'
import type { DataOfRun } from './from-run.ts'
import { planTrial, trialConfigOf } from './trial-plan.ts'

export interface CreateStudyOptions {
  readonly file: string
  readonly name: string
  /** The folder that paths in the config are relative to. */
  readonly base: string
  readonly config: unknown
  /** The run whose data the trials train on, by its file; null where the config names them. */
  readonly runFile: string | null
  readonly samplesDir: string
  readonly migrationsDir: string
}

export interface CreatedStudy {
  readonly trials: number
  readonly measure: 'dev_error' | 'dev_cost'
}

/** Everything about a study that can be refused without its data. Throws `config/invalid`. */
export function checkedStudy(given: unknown): { config: StudyConfig; first: Point } {
  const fault = findStudyFault(given)
  if (fault !== null) throw invalid(fault.message, fault.remedy)
  const parsedConfig = studyConfig.parse(given)
  checkSpace(parsedConfig.space)
  const fixed = unsearchable(parsedConfig.space)
  if (fixed !== null) throw invalid(fixed, 'Take it out of the space.')
  refuseNeverAsked(parsedConfig.space)
  const config = { ...parsedConfig, ...breedingOf(parsedConfig) }
  rungsOf(config)
  const { space, seed, trials, method } = config
  const unit = METHODS[method]({ space, seed, trials, history: [] })
  if (unit === null || unit === 'wait') throw invalid('the space has no point', 'Widen it.')
  const first = pointAt(space, unit)
  refuseForbidden(config.run, space)
  return { config, first }
}

/** How a population is bred, written out where the config left it open. Throws where it makes no sense. */
function breedingOf(config: StudyConfig): Pick<StudyConfig, 'population'> {
  const { method, population, stop_early: stop, space, trials } = config
  if (method !== 'population') {
    if (population === undefined) return {}
    throw invalid(
      `population says how one is bred, but the method is ${method}`,
      'Take the method population, or leave it out.',
    )
  }
  if (stop !== undefined) {
    throw invalid(
      'stop_early and the method population exclude each other: a population has its own way to give up trials',
      'Leave stop_early out, or take another method.',
    )
  }
  if (trials < 2) throw invalid('a population of 1 has nobody to copy', 'Take 2 trials or more.')
  if (!Object.keys(space).some(isLive)) {
    throw invalid(
      'a population has nothing to change while it trains',
      'Search at least one of hyperparameters.*, such as hyperparameters.learning_rate.',
    )
  }
  return { population: exchangesOf(config) }
}

const invalid = (message: string, remedy: string) =>
  new PandaError('config/invalid', message, remedy)

/** Makes the file of a new study, with its data and its first trial waiting: all of it or nothing. */
export async function createStudy(options: CreateStudyOptions): Promise<CreatedStudy> {
  const { config, first } = checkedStudy(options.config)
  const { raw, stored } = await dataFor(trialConfigOf(config, first), options)
  const built = planned(config, first, raw)
  const measure = config.measure ?? (built.facts.classes === null ? 'dev_cost' : 'dev_error')
  if (measure === 'dev_error' && built.facts.classes === null) {
    throw invalid('the data has no classes, so there is no dev_error', 'Measure dev_cost.')
  }
  const createdAt = Date.now()
  createRunFile(
    options.file,
    {
      name: options.name,
      createdAt,
      config: built.config,
      parameters: built.parameters,
      facts: built.facts,
      engine: null,
      dataset: stored,
    },
    {
      migrationsDir: options.migrationsDir,
      kind: 'study',
      fill: (db) => {
        insertStudy(db, { config, measure, space: 0, state: 'paused' })
        insertTrial(db, { point: first, space: 0, createdAt, isFirst: true })
      },
    },
  )
  return { trials: config.trials, measure }
}

async function dataFor(trial: RunConfig, options: CreateStudyOptions): Promise<DataOfRun> {
  const { runFile, base } = options
  if (runFile !== null) return dataOfRun(runFile, trial, options)
  const raw = await loadRawDataset(trial.data, trial.loss, options)
  return { raw, stored: storeDataset(raw, base) }
}

interface Built {
  readonly config: RunConfig
  readonly parameters: number
  readonly facts: DataFacts
}

/** A network that can't be built at one point fails that trial; one that can't be at all is refused. */
function planned(config: StudyConfig, first: Point, raw: RawDataset): Built {
  const planAt = (point: Point): Built => {
    const at = trialConfigOf(config, point)
    const facts = factsOfData(prepareFor(raw, at))
    return { config: at, facts, parameters: planTrial(at, facts).parameters }
  }
  try {
    return planAt(first)
  } catch (refusal) {
    if (!(refusal instanceof PandaError)) throw refusal
    try {
      return planAt({})
    } catch {
      throw refusal
    }
  }
}
