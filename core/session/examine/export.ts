import path from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import { exportOnnx, exportSafetensors } from '../../engine/export.ts'
import type { ExportMetadata } from '../../engine/export.ts'
import { hashParameters } from '../../engine/hash.ts'
import type { ExportReply } from '../../protocol/examine.ts'
import type { TaskOf } from '../worker-task.ts'
import { readSubject } from './subject.ts'
import type { Subject } from './subject.ts'
import { refuseTaken, writeWhole } from './write-whole.ts'

/** Writes a run's network or its parameters into a file. */
export async function exportRun(task: TaskOf<'run:export'>): Promise<ExportReply> {
  const { format, overwrite, base = '.' } = task.request
  const file = path.resolve(base, task.request.file)
  refuseTaken(file, overwrite)
  const subject = await readSubject(task)
  const metadata = metadataOf(subject)
  const bytes =
    format === 'onnx'
      ? exportOnnx(subject.spec, subject.state.engine, metadata)
      : exportSafetensors(subject.state.engine, metadata)
  writeWhole(file, bytes, overwrite)
  return { ...subject.examined, file, bytes: bytes.length }
}

function metadataOf({
  run,
  config,
  facts,
  normalisation,
  state,
  examined,
}: Subject): ExportMetadata {
  const { mean, deviation } = normalisation
  return {
    run,
    branch: examined.branch,
    step: examined.step,
    loss: config.loss,
    classes: facts.classes,
    classNames: facts.classNames,
    parametersSha256: hashParameters(state.engine),
    pandaVersion: manifest.version,
    input: inputOf(config.data, facts.vocabulary),
    characters: facts.characters,
    scale: { mean, deviation },
  }
}

function inputOf(
  data: Subject['config']['data'],
  vocabulary: number | null,
): ExportMetadata['input'] {
  if (vocabulary !== null) return 'characters'
  return 'idx' in data || 'sample' in data ? 'pixels' : 'values'
}
