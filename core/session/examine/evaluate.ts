import { PandaError } from '../../errors.ts'
import type { Split } from '../../data/dataset.ts'
import type { Engine } from '../../engine/engine.ts'
import { predictedClasses, scoreClasses } from '../../nn/scores.ts'
import type { ClassEvaluation, EvaluationReply } from '../../protocol/examine.ts'
import { batchesOf } from '../batches.ts'
import type { RunGate } from '../handshake.ts'
import { valueOf } from '../knobs.ts'
import type { TaskOf } from '../worker-task.ts'
import { readLabelled } from './labelled-files.ts'
import { worstMistakes } from './mistakes.ts'
import { classNamesOf, readSubjectWithData, withEngine } from './subject.ts'

/** A larger table is no help to anyone, and grows with the square. */
const MOST_CLASSES_IN_TABLE = 1_000

type Scores = Pick<EvaluationReply, 'classNames' | 'confusion' | 'perClass' | 'rmse' | 'mae'>
const NO_SCORES: Scores = {
  classNames: null,
  confusion: null,
  perClass: null,
  rmse: null,
  mae: null,
}

/** How good a run is on its dev set, its training set or labelled files. */
export async function evaluateRun(
  task: TaskOf<'run:evaluate'>,
  gate: RunGate,
): Promise<EvaluationReply> {
  const { on, data, mistakes } = task.request
  if (on !== undefined && data !== undefined) {
    throw new PandaError(
      'protocol/bad-request',
      'a set of the run and files were both named to evaluate on',
      'Name one of them.',
    )
  }
  const subject = await readSubjectWithData(task)
  const split =
    data === undefined
      ? subject.dataset[on ?? 'dev']
      : await readLabelled(data, subject, { ...task, base: task.request.base ?? '.' })
  return withEngine(subject, gate, async (engine) => {
    const measured = await engine.evaluate(batchesOf(split), valueOf(subject.knobs, 'l2'))
    const { cost, dataCost, accuracy } = measured
    const names = classNamesOf(subject)
    return {
      ...subject.examined,
      on: data === undefined ? (on ?? 'dev') : 'files',
      examples: split.count,
      cost,
      dataCost,
      accuracy,
      error: accuracy === null ? null : 1 - accuracy,
      ...(names === null ? await errorsOf(engine, split) : await classesOf(engine, split, names)),
      mistakes: await worstMistakes(engine, split, names, subject.dataset, mistakes ?? 0),
    }
  })
}

/** Root mean square and mean absolute error of a regression. */
async function errorsOf(engine: Engine, split: Split): Promise<Scores> {
  let squares = 0
  let absolutes = 0
  let count = 0
  for (const batch of batchesOf(split)) {
    const outputs = await engine.predict(batch)
    outputs.forEach((output, index) => {
      const error = output - (batch.targets?.[index] ?? NaN)
      squares += error * error
      absolutes += Math.abs(error)
    })
    count += outputs.length
  }
  return { ...NO_SCORES, rmse: Math.sqrt(squares / count), mae: absolutes / count }
}

async function classesOf(
  engine: Engine,
  split: Split,
  classNames: readonly string[],
): Promise<Scores> {
  if (classNames.length > MOST_CLASSES_IN_TABLE || split.labels === null) {
    return { ...NO_SCORES, classNames }
  }
  const columns = engine.plan.outputShape.at(-1) ?? 1
  const predicted = new Int32Array(split.labels.length)
  let at = 0
  for (const batch of batchesOf(split)) {
    const classes = predictedClasses(await engine.predict(batch), columns)
    predicted.set(classes, at)
    at += classes.length
  }
  const scores = scoreClasses(predicted, split.labels, classNames.length)
  const perClass = scores.perClass.map((row, id): ClassEvaluation => ({
    class: classNames[id] ?? String(id),
    ...row,
  }))
  return { ...NO_SCORES, classNames, confusion: scores.confusion, perClass }
}
