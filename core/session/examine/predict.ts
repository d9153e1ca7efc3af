import { PandaError } from '../../errors.ts'
import type { Engine } from '../../engine/engine.ts'
import { predictedClasses, probabilities } from '../../nn/scores.ts'
import type { ClassPrediction, PredictionReply } from '../../protocol/examine.ts'
import { batchesOf } from '../batches.ts'
import type { RunGate } from '../handshake.ts'
import type { TaskOf } from '../worker-task.ts'
import { continueText } from './continue-text.ts'
import { classNamesOf, readSubject, withEngine } from './subject.ts'
import { readFeatures } from './unlabelled.ts'
import type { Features } from './unlabelled.ts'

/** What a run answers to examples that nobody has labelled, or how it goes on with a text. */
export async function predictWithRun(
  task: TaskOf<'run:predict'>,
  gate: RunGate,
): Promise<PredictionReply> {
  const { data, base = '.' } = task.request
  const subject = await readSubject(task)
  const { characters } = subject.facts
  if ('text' in data) {
    if (characters === null) throw wrongKind('numbers', 'a CSV file, images or rows')
    return withEngine(subject, gate, async (engine) => {
      const text = await continueText(engine, [...characters], subject.facts.features, data)
      return { ...subject.examined, kind: 'text', text }
    })
  }
  if (subject.facts.vocabulary !== null) throw wrongKind('a text', 'a text to go on with')
  const features = await readFeatures(data, subject, base)
  return withEngine(subject, gate, async (engine) => {
    const classNames = classNamesOf(subject)
    if (classNames === null) {
      const predictions = (await valuesOf(engine, features)).map((values) => ({ values }))
      return { ...subject.examined, kind: 'values', predictions }
    }
    const predictions = await classesOf(engine, features, classNames)
    return { ...subject.examined, kind: 'classes', classNames, predictions }
  })
}

const wrongKind = (has: string, give: string): PandaError =>
  new PandaError('protocol/bad-request', `this run learns from ${has}`, `Give it ${give}.`)

/** The raw outputs, a row per example. */
async function valuesOf(engine: Engine, features: Features): Promise<number[][]> {
  const columns = engine.plan.outputShape.at(-1) ?? 1
  const rows: number[][] = []
  for (const batch of batchesOf({ ...features, labels: null, targets: null })) {
    rows.push(...rowsOf(await engine.predict(batch), columns))
  }
  return rows
}

async function classesOf(
  engine: Engine,
  features: Features,
  classNames: readonly string[],
): Promise<ClassPrediction[]> {
  const columns = engine.plan.outputShape.at(-1) ?? 1
  const predictions: ClassPrediction[] = []
  for (const batch of batchesOf({ ...features, labels: null, targets: null })) {
    const outputs = await engine.predict(batch)
    const classes = predictedClasses(outputs, columns)
    const shares = rowsOf(probabilities(outputs, columns), columns)
    classes.forEach((id, index) => {
      const [first = NaN] = shares[index] ?? []
      // A single output is the probability of the second of two classes.
      const all = columns === 1 ? [1 - first, first] : (shares[index] ?? [])
      const name = classNames[id] ?? String(id)
      predictions.push({ class: name, probability: all[id] ?? NaN, probabilities: all })
    })
  }
  return predictions
}

const rowsOf = (values: Float32Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  )
