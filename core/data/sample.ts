import path from 'node:path'
import type { DataConfig, LossName } from '../protocol/config.ts'
import type { RawDataset } from './dataset.ts'
import { readIdx } from './idx.ts'
import { readText } from './text.ts'

type SampleConfig = Extract<DataConfig, { readonly sample: string }>

export const sonnetsIn = (samplesDir: string): string => path.join(samplesDir, 'sonnets.txt.gz')

/**
 * The sets that come with Panda: 10 000 handwritten digits of 28 × 28 pixels, and Shakespeare's 154
 * sonnets as a text of 61 distinct characters.
 */
export function readSample(
  { sample, context }: SampleConfig,
  samplesDir: string,
  loss: LossName,
): Promise<RawDataset> {
  const at = (file: string) => path.join(samplesDir, file)
  switch (sample) {
    case 'digits':
      return readIdx(at('digits-images-idx3-ubyte.gz'), at('digits-labels-idx1-ubyte.gz'), loss)
    case 'sonnets':
      return readText(sonnetsIn(samplesDir), context, loss)
  }
}
