import path from 'node:path'
import type { RawDataset } from '../data/dataset.ts'
import { describeTable } from '../data/describe-table.ts'
import { loadRawDataset, readingData } from '../data/load.ts'
import { sonnetsIn } from '../data/sample.ts'
import { readCharacters } from '../data/text.ts'
import { runConfig } from '../protocol/config.ts'
import type { DataDescription } from '../protocol/describe-data.ts'
import type { TaskOf } from './worker-task.ts'

const SHOWN_PICTURES = 12
const NO_TABLE = { columns: null, rows: null, label: null } as const

/** What is in the data of a run that is not made yet. Throws `data/*` as creating it would. */
export async function describeData({
  request: { data, base = '.' },
  samplesDir,
}: Pick<TaskOf<'data:describe'>, 'request' | 'samplesDir'>): Promise<DataDescription> {
  const at = (file: string) => path.resolve(base, file)
  return readingData(data, base, async () => {
    if ('csv' in data) return describeTable(at(data.csv), data.label)
    if ('text' in data) return describeText(at(data.text))
    if ('sample' in data && data.sample === 'sonnets') return describeText(sonnetsIn(samplesDir))
    const loss = 'sparse_categorical_cross_entropy'
    const asTrained = runConfig.shape.data.parse(data)
    return describePictures(await loadRawDataset(asTrained, loss, { base, samplesDir }))
  })
}

async function describeText(file: string): Promise<DataDescription> {
  const { ids, vocabulary } = await readCharacters(file)
  return {
    kind: 'text',
    examples: ids.length,
    featureShape: [],
    vocabulary,
    ...NO_TABLE,
    task: null,
    classNames: null,
    pictures: null,
  }
}

/** The first of each class, then whatever comes first. */
function picturesToShow({ labels, count }: RawDataset): readonly number[] {
  const firsts = new Map<number, number>()
  labels?.forEach((id, index) => {
    if (!firsts.has(id)) firsts.set(id, index)
  })
  const byClass = [...firsts].toSorted(([a], [b]) => a - b).map(([, index]) => index)
  const rest = Array.from({ length: Math.min(count, SHOWN_PICTURES) }, (_, index) => index)
  return [...new Set([...byClass, ...rest])].slice(0, SHOWN_PICTURES)
}

function describePictures(raw: RawDataset): DataDescription {
  const names = raw.classNames ?? Array.from({ length: raw.classes ?? 0 }, (_, id) => String(id))
  const scale = raw.x instanceof Uint8Array ? 255 : 1
  return {
    kind: 'images',
    examples: raw.count,
    featureShape: raw.featureShape,
    vocabulary: null,
    ...NO_TABLE,
    task: 'classes',
    classNames: names,
    pictures: picturesToShow(raw).map((index) => ({
      pixels: Float32Array.from(
        raw.x.subarray(index * raw.features, (index + 1) * raw.features),
        (value) => value / scale,
      ),
      label: names[raw.labels?.[index] ?? -1] ?? '',
    })),
  }
}
