import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import LabelledFiles from '../../../renderer/examine/LabelledFiles.vue'
import type { UploadOptions } from '../../../renderer/link/upload.ts'
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

test('a file on its way tells how far it is, and can be called off', async () => {
  let options: UploadOptions = {}
  const upload = (_file: File, given: UploadOptions) => {
    options = given
    return new Promise<{ path: string }>((_resolve, reject) => {
      given.signal?.addEventListener('abort', () => reject(new Error('called off')))
    })
  }
  const view = mount(LabelledFiles, { props: { kind: 'image', upload }, attachTo: document.body })
  await dropFiles('images.idx')

  options.onProgress?.(0.4)
  await flushPromises()
  const bar = filesForm().get('[role="progressbar"]')
  const told = [bar.attributes('aria-label'), bar.attributes('aria-valuenow')]
  await filesForm().get('button').trigger('click')
  await flushPromises()

  expect(told).toEqual(['Sending images.idx', '40'])
  expect(filesForm().find('[role="progressbar"]').exists()).toBe(false)
  expect(filesForm().find('[role="alert"]').exists()).toBe(false)
  expect(view.emitted('files')).toBeUndefined()
})
