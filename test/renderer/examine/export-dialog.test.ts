import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { ExportReply, ExportRequest } from '../../../core/protocol/examine.ts'
import ExportDialog from '../../../renderer/examine/ExportDialog.vue'
import { fileFault, formatBytes, withEnding } from '../../../renderer/examine/export-file.ts'
import { FakeRun } from '../fake-run.ts'

afterEach(() => document.body.replaceChildren())

const page = () => new DOMWrapper(document.body)
const button = (name: string) => {
  const found = page()
    .findAll('button')
    .find((one) => one.text() === name)
  if (found === undefined) throw new Error(`there is no button ${name}`)
  return found
}
const file = () => page().get<HTMLInputElement>('[role="dialog"] input[type="text"]')
const submit = async () => {
  await page().get('[role="dialog"] form').trigger('submit')
  await flushPromises()
}

const written = (request: ExportRequest): ExportReply => ({
  branch: 'b1',
  step: 250,
  checkpoint: 'c3',
  file: request.file,
  bytes: 2_812_345,
})
const taken = () =>
  new PandaError('session/file-exists', 'it exists already', 'Choose another name.')

async function open(answer: (request: ExportRequest) => Promise<ExportReply>) {
  const run = new FakeRun('digits')
  run.train(250)
  const asked: ExportRequest[] = []
  mount(ExportDialog, {
    props: {
      open: true,
      run: 'digits',
      snapshot: run.snapshot,
      exportModel: (request: ExportRequest) => {
        asked.push(request)
        return answer(request)
      },
    },
    attachTo: document.body,
  })
  await flushPromises()
  return { asked }
}

describe('the export dialog', () => {
  test('writes beside the run unless told otherwise, and says how large it became', async () => {
    const { asked } = await open((request) => Promise.resolve(written(request)))

    await submit()

    expect(asked).toEqual([{ format: 'onnx', file: '/runs/digits.onnx', overwrite: false }])
    expect(page().text()).toContain('2.8 MB')
    expect(page().text()).toContain('/runs/digits.onnx')
  })

  test('takes another format and a day, and its ending follows the format', async () => {
    const { asked } = await open((request) => Promise.resolve(written(request)))

    await button('safetensors').trigger('click')
    await page().get('select').setValue('2')
    await submit()

    expect(asked).toEqual([
      {
        format: 'safetensors',
        file: '/runs/digits.safetensors',
        overwrite: false,
        checkpoint: '2',
      },
    ])
  })

  test('asks before it replaces a file, and replaces it only on demand', async () => {
    const { asked } = await open((request) =>
      request.overwrite ? Promise.resolve(written(request)) : Promise.reject(taken()),
    )

    await submit()
    expect(asked.map(({ overwrite }) => overwrite)).toEqual([false])
    expect(page().get('[role="alert"]').text()).toContain('/runs/digits.onnx is there already.')

    await button('Replace the file').trigger('click')
    await flushPromises()

    expect(asked.map(({ overwrite }) => overwrite)).toEqual([false, true])
    expect(page().text()).toContain('Written')
  })

  test('that is refused even then says why instead of asking once more', async () => {
    await open(() => Promise.reject(taken()))
    await submit()

    await button('Replace the file').trigger('click')
    await flushPromises()

    expect(page().get('[role="alert"]').text()).toBe('It exists already. Choose another name.')
    expect(button('Export').exists()).toBe(true)
  })

  test('forgets the question once the name is another', async () => {
    await open(() => Promise.reject(taken()))
    await submit()

    await file().setValue('/runs/other.onnx')

    expect(page().find('[role="alert"]').exists()).toBe(false)
    expect(button('Export').exists()).toBe(true)
  })

  test('never offers to replace a run', async () => {
    await open(() =>
      Promise.reject(
        new PandaError('session/file-exists', 'digits.panda is a run', 'Choose another name.'),
      ),
    )
    await file().setValue('/runs/digits.panda')

    await submit()

    expect(page().get('[role="alert"]').text()).toBe('Digits.panda is a run. Choose another name.')
    expect(page().text()).not.toContain('Replace the file')
  })

  test('asks for a name before it asks the host', async () => {
    const { asked } = await open((request) => Promise.resolve(written(request)))
    await file().setValue('  ')

    await submit()

    expect(asked).toEqual([])
    expect(page().text()).toContain('Say where the file is to be written.')
  })
})

test('a name of a person’s own choosing keeps its ending', () => {
  expect(withEnding('/a/model.onnx', 'safetensors')).toBe('/a/model.safetensors')
  expect(withEnding('/a/model.bin', 'safetensors')).toBe('/a/model.bin')
})

test('a folder is no file', () => {
  expect(fileFault('/a/b/')).toBe('This is a folder: give the file a name.')
  expect(fileFault('/a/b')).toBeNull()
})

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_500, '1.5 kB'],
  [123_456, '123 kB'],
  [2_812_345, '2.8 MB'],
  [7.5e12, '7500 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})
