import path from 'node:path'
import type { LossName } from '../protocol/config.ts'
import type { RawDataset } from './dataset.ts'
import { readIdx } from './idx.ts'

/** The 10 000 handwritten digits that come with Panda. */
export const readDigits = (samplesDir: string, loss: LossName): Promise<RawDataset> =>
  readIdx(
    path.join(samplesDir, 'digits-images-idx3-ubyte.gz'),
    path.join(samplesDir, 'digits-labels-idx1-ubyte.gz'),
    loss,
  )
