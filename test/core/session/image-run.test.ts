import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { idxBytes } from '../data/places.ts'
import { newBench } from './harness.ts'

const COUNT = 80

/** Images of 6 × 6 that are bright on the left (class 0) or on the right (class 1). */
function writeImages(folder: string): void {
  const pixels = Uint8Array.from({ length: COUNT * 36 }, (_, at) => {
    const isRight = at % 6 >= 3
    const isBright = isRight === (Math.floor(at / 36) % 2 === 1)
    return (isBright ? 150 : 20) + ((at * 37) % 60)
  })
  const labels = Uint8Array.from({ length: COUNT }, (_, image) => image % 2)
  writeFileSync(path.join(folder, 'images'), idxBytes([COUNT, 6, 6], pixels))
  writeFileSync(path.join(folder, 'labels'), idxBytes([COUNT], labels))
}

const CONVOLVED = {
  data: { idx: { images: 'images', labels: 'labels' } },
  network: {
    layers: [
      { type: 'conv', filters: 4, kernel: 3, activation: 'relu', batch_norm: true },
      { type: 'max_pool' },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 2 },
    ],
  },
  vitals_every: { steps: 3 },
  day: { steps: 8 },
}

test('a run on images is replayed bit for bit, and knows images, rows and files alike', async () => {
  const { create, train, host, folder } = newBench()
  writeImages(folder)
  await create('r', CONVOLVED)
  await train('r', { days: 3 })
  const pixels = Array.from({ length: 36 }, (_, at) => (at % 6 >= 3 ? 180 : 50) / 255)

  const verified = await host.handlers['run:verify']('r', null)
  const evaluated = await host.handlers['run:evaluate']('r', {
    data: { images: 'images', labels: 'labels' },
    base: folder,
  })
  const byFile = await host.handlers['run:predict']('r', {
    data: { images: 'images' },
    base: folder,
  })
  const byRows = await host.handlers['run:predict']('r', { data: { rows: [pixels] } })
  const exported = await host.handlers['run:export']('r', {
    format: 'onnx',
    file: 'model.onnx',
    base: folder,
    overwrite: false,
  })

  expect(verified.map(({ identical }) => identical)).toEqual([true, true, true])
  expect(evaluated).toMatchObject({ examples: COUNT, classNames: ['0', '1'] })
  expect(evaluated.accuracy).toBeGreaterThan(0.9)
  expect(byFile.kind === 'classes' && byFile.predictions).toHaveLength(COUNT)
  expect(byRows).toMatchObject({ kind: 'classes', predictions: [{ class: '1' }] })
  expect(exported.bytes).toBeGreaterThan(100)
})

test('images of another size are refused', async () => {
  const { create, host, folder } = newBench()
  writeImages(folder)
  writeFileSync(path.join(folder, 'small'), idxBytes([2, 2, 2], new Uint8Array(8)))
  await create('r', CONVOLVED)

  await expect(
    host.handlers['run:predict']('r', { data: { images: 'small' }, base: folder }),
  ).rejects.toMatchObject({
    code: 'data/bad-value',
    message: expect.stringMatching(/4 values per example.*takes 36/) as string,
  })
})
