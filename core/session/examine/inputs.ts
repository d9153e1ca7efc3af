import type { RunInputs } from '../../protocol/examine.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun } from '../../store/run.ts'
import { loadPrepared } from '../run-data.ts'
import type { TaskOf } from '../worker-task.ts'
import { rawFeatures } from './mistakes.ts'
import { classNamesOf } from './subject.ts'

/** Enough to have one of most classes, few enough to send at once. */
const EXAMPLES = 24

/** What one example of a run looks like, with a few of its dev set. */
export async function inputsOfRun(task: TaskOf<'run:inputs'>): Promise<RunInputs> {
  const db = openForReading(task.file, task)
  try {
    const { config, facts } = readRun(db)
    const { dev, ...dataset } = await loadPrepared(db, config, task.samplesDir)
    const classNames = classNamesOf({ facts })
    const isText = facts.vocabulary !== null
    const isImage = !isText && facts.featureShape.length > 1
    const labelOf = (index: number) => {
      const id = dev.labels?.[index]
      return id === undefined
        ? String(dev.targets?.[index] ?? '')
        : (classNames?.[id] ?? String(id))
    }
    const count = isText ? 0 : Math.min(EXAMPLES, dev.count)
    return {
      kind: isText ? 'text' : isImage ? 'image' : 'table',
      shape: facts.featureShape,
      featureNames: isText || isImage ? null : (facts.featureNames ?? null),
      classNames,
      targetName: classNames === null && 'csv' in config.data ? config.data.label : null,
      examples: Array.from({ length: count }, (_, index) => ({
        features: rawFeatures(dev, index, dataset.features, dataset.normalisation),
        label: labelOf(index),
      })),
    }
  } finally {
    closeRun(db)
  }
}
