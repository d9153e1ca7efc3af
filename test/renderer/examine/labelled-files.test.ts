import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import LabelledFiles from '../../../renderer/examine/LabelledFiles.vue'
import { dropFiles, filesForm } from './drop-files.ts'

afterEach(() => document.body.replaceChildren())

function open(refused: readonly string[] = []) {
  const sent: string[] = []
  const view = mount(LabelledFiles, {
    props: {
      kind: 'image',
      upload: (file: File) => {
        sent.push(file.name)
        return refused.includes(file.name)
          ? Promise.reject(new PandaError('internal', 'the disk is full', 'Make room.'))
          : Promise.resolve({ path: `/uploads/${file.name}` })
      },
    },
    attachTo: document.body,
  })
  return { view, sent }
}

test('files that are dropped together are told apart by their names', async () => {
  const { view } = open()

  await dropFiles('train-labels-idx1-ubyte.gz', 'train-images-idx3-ubyte.gz')

  const data = {
    images: '/uploads/train-images-idx3-ubyte.gz',
    labels: '/uploads/train-labels-idx1-ubyte.gz',
  }
  expect(view.emitted('files')).toEqual([[data]])
})

test('a file that cannot be sent says why, and no file after it hides that', async () => {
  const { view, sent } = open(['images.idx'])

  await dropFiles('images.idx', 'labels.idx')

  expect(sent).toEqual(['images.idx'])
  expect(filesForm().get('[role="alert"]').text()).toContain('The disk is full')
  expect(view.emitted('files')).toBeUndefined()
})

test('a new file that cannot be sent is not replaced by the older one of its kind', async () => {
  const { view } = open(['images-2.idx'])
  await dropFiles('images.idx', 'labels.idx')

  await dropFiles('images-2.idx', 'labels-2.idx')

  expect(view.emitted('files')).toHaveLength(1)
})
