import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { CallHandlers } from '../../../core/protocol/contract.ts'
import type { RunConfig } from '../../../core/protocol/config.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import NewPandaDialog from '../../../renderer/new/NewPandaDialog.vue'
import { FakeHost } from '../fake-host.ts'
import { picturesOf, tableOf, textOf } from './describing.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

beforeEach(() => {
  sessionStorage.clear()
  location.hash = '#/new'
})
afterEach(() => {
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)

/** A control by its role's elements and its accessible name. */
function find(selector: string, name: string | RegExp) {
  const matches = (text: string) => (typeof name === 'string' ? text === name : name.test(text))
  const found = page()
    .findAll(selector)
    .find((one) => {
      const held = one.element as HTMLInputElement
      const labels = [...(held.labels ?? [])].map((label) => label.textContent ?? '').join(' ')
      const text = one.attributes('aria-label') ?? (labels === '' ? one.text() : labels)
      return matches(text.replace(/\s+/g, ' ').trim())
    })
  if (found === undefined) throw new Error(`there is no ${selector} called ${name}`)
  return found
}
const button = (name: string | RegExp) => find('button', name)
const field = (name: string | RegExp) => find('input, select, textarea', name)
const radio = (name: string | RegExp) => find('input[type=radio]', name)
const valueOf = (name: string | RegExp) => (field(name).element as HTMLInputElement).value

async function click(name: string | RegExp) {
  await button(name).trigger('click')
  await flushPromises()
}

async function openDialog(host: FakeHost, pinia = createPinia()) {
  const link = openLink(async () => host.connect().channel)
  const dialog = mount(NewPandaDialog, {
    props: { open: true, 'onUpdate:open': (open: boolean) => void dialog.setProps({ open }) },
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  await flushPromises()
  return dialog
}

function hostWith(answers: Partial<CallHandlers> = {}): FakeHost {
  const host = new FakeHost()
  const handlers = host.handlers as Writable<CallHandlers>
  handlers['data:describe'] = ({ data }) => {
    if ('csv' in data) return { ...tableOf(4, 3), label: data.label ?? 'kind' }
    if ('text' in data) return textOf(61)
    return picturesOf(28, 28, 10, 10_000)
  }
  Object.assign(handlers, answers)
  return host
}

async function chooseDigits() {
  await radio(/^Handwritten digits/).setValue(true)
  await expect.poll(() => page().text()).toContain('pictures of 28 × 28 pixels')
}

async function chooseTable(path: string) {
  await radio(/^A table/).setValue(true)
  await field(/^Or its path/).setValue(path)
  await field(/^Or its path/).trigger('change')
  await expect.poll(() => page().text()).toContain('200 rows × 5 columns')
}

const created = (host: FakeHost) =>
  host.calls.find(({ name }) => name === 'runs:create')?.args[0] as {
    readonly config: RunConfig
    readonly name: string
  }

describe('new panda', () => {
  test('a sample, and Next to the end, make a run that trains', async () => {
    const host = hostWith()
    const dialog = await openDialog(host)

    await chooseDigits()
    for (let step = 0; step < 4; step += 1) await click('Next')
    await click('Create and train')
    await expect.poll(() => location.hash).toBe('#/run/digits')

    expect(created(host).config).toMatchObject({
      name: 'digits',
      data: { sample: 'digits', normalise: 'global' },
      loss: 'sparse_categorical_cross_entropy',
    })
    await expect.poll(() => host.get('digits').snapshot.state.kind).toBe('running')
    expect(dialog.props('open')).toBe(false)
  })

  test('nothing but the data can be reached before the data is known', async () => {
    await openDialog(hostWith())

    expect(button('Next').attributes('disabled')).toBeDefined()
    expect(button(/Network$/).attributes('disabled')).toBeDefined()
    await chooseDigits()
    expect(button(/Network$/).attributes('disabled')).toBeUndefined()
  })

  test('a table that can’t be read says why, and can be read again', async () => {
    let isBroken = true
    const host = hostWith({
      'data:describe': () => {
        if (!isBroken) return tableOf(4, 3)
        throw new PandaError('data/unreadable', 'a.csv is empty', 'Give a CSV file with a header.')
      },
    })
    await openDialog(host)
    await radio(/^A table/).setValue(true)
    await field(/^Or its path/).setValue('/a.csv')
    await field(/^Or its path/).trigger('change')
    await expect.poll(() => page().text()).toContain('A.csv is empty. Give a CSV file')

    isBroken = false
    await click('Read it again')

    await expect.poll(() => page().text()).toContain('200 rows × 5 columns')
  })

  test('another column to predict is asked about and stands in the config', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseTable('/data/iris.csv')
    await click('Next')

    await field('Column to predict').setValue('x2')
    await flushPromises()
    await click(/Check$/)
    await click('Create and train')
    await expect.poll(() => created(host)).toBeDefined()

    const asked = host.calls.filter(({ name }) => name === 'data:describe').at(-1)?.args[0]
    expect(asked).toEqual({ data: { csv: '/data/iris.csv', label: 'x2' } })
    expect(created(host).config.data).toMatchObject({ csv: '/data/iris.csv', label: 'x2' })
  })

  test('a layer that does not fit says so in its row, and nothing can be created', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await click(/Network$/)
    await radio(/^Convolutions/).setValue(true)

    await click('Remove layer 5')

    const row = page()
      .findAll('li')
      .find((one) => one.find('[aria-label="Layer 5, Dense"]').exists())
    expect(row?.text()).toContain('Takes a row of numbers, not 16×5×5 images. Put a flatten')
    await click(/Check$/)
    expect(button('Create and train').attributes('disabled')).toBeDefined()
    expect(page().text()).toContain('One thing is not right yet')
  })

  test('Alt and an arrow move a layer, and the focus goes with it', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await click(/Network$/)

    await button('Layer 1, Dense').trigger('keydown', { key: 'ArrowDown', altKey: true })
    await flushPromises()

    expect(button('Layer 2, Dense').text()).toContain('256 units')
    expect(document.activeElement).toBe(button('Layer 2, Dense').element)
  })

  test('the shapes follow while a number is typed', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await click(/Network$/)
    await click('Layer 1, Dense')

    await field('Units').setValue('32')

    expect(page().get('[aria-label="Summary"]').text()).toContain('Parameters30\u202f634')
  })

  test('a fault is listed, and its line leads into its field', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await click(/Training$/)
    await field('Learning rate α').setValue('-1')
    await click(/Check/)

    await click(/^Training: Learning rate must be at least 0, not -1/)

    expect(document.activeElement).toBe(field('Learning rate α').element)
    expect(field('Learning rate α').attributes('aria-invalid')).toBe('true')
  })

  test('a name that is taken is refused before anything is made', async () => {
    const host = hostWith()
    host.add('digits')
    await openDialog(host)
    await chooseDigits()
    await click(/Training$/)
    expect(valueOf('Name')).toBe('digits-2')

    await field('Name').setValue('digits')

    expect(page().text()).toContain('There is already a run called digits.')
  })

  test('what the host refuses at the end is said, and the draft stays', async () => {
    const refuse = () => {
      throw new PandaError('store/disk-full', 'the disk is full', 'Make room, then try again.')
    }
    await openDialog(hostWith({ 'runs:create': refuse }))
    await chooseDigits()
    await click(/Check$/)

    await click('Create and train')

    await expect.poll(() => page().text()).toContain('The disk is full. Make room, then try again.')
    await click(/Training$/)
    expect(valueOf('Name')).toBe('digits')
  })

  test('JSON written by hand changes the form, and text that is no JSON names its line', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await click(/Training$/)
    const json = JSON.parse(valueOf('Config as JSON')) as RunConfig

    await field('Config as JSON').setValue(JSON.stringify({ ...json, seed: 42 }))
    await field('Config as JSON').trigger('change')
    expect(valueOf('Seed')).toBe('42')
    await field('Config as JSON').setValue('{\n  "seed": 1,\n  oops\n}')
    await field('Config as JSON').trigger('change')

    expect(page().get('#json-fault').text()).toContain('This is not JSON yet')
    expect(valueOf('Seed')).toBe('42')
  })

  test('a misspelt key in the JSON is told with what was meant', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    const json = JSON.parse(valueOf('Config as JSON')) as RunConfig

    await field('Config as JSON').setValue(JSON.stringify({ ...json, sed: 42 }))
    await field('Config as JSON').trigger('change')

    expect(page().get('#json-fault').text()).toBe('there is no "sed". Did you mean "seed"?')
  })

  test('the draft survives closing and a reload, until it is started over', async () => {
    const host = hostWith()
    const dialog = await openDialog(host)
    await chooseDigits()
    await click(/Training$/)
    await field('Name').setValue('my cub')
    dialog.unmount()

    // Another pinia is what a reload leaves: only what the browser kept.
    await openDialog(host, createPinia())
    await expect.poll(() => valueOf('Name')).toBe('my cub')
    await click('Start over')

    expect(page().text()).toContain('Where does the data come from?')
    expect(page().text()).not.toContain('my cub')
  })

  test('the pre-flight says what it found and how long an epoch takes', async () => {
    const host = hostWith({
      'run:preflight': () => ({
        checks: [
          {
            name: 'overfit-20',
            verdict: 'warn',
            measured: 0.3,
            expected: 0.01,
            meaning: 'The cost on 20 examples goes to 0.',
            remedy: 'Raise the learning rate.',
          },
        ],
        parameters: 235_146,
        memoryBytes: 1e7,
        stepMs: 480,
        threads: 2,
      }),
    })
    await openDialog(host)
    await chooseDigits()
    await click(/Check$/)

    await click('Run the pre-flight')

    await expect.poll(() => page().text()).toContain('by heart: look at this')
    expect(page().text()).toContain('Raise the learning rate.')
    expect(page().text()).toContain('An epoch takes≈ 60 seconds')
  })

  describe('with a file that is dropped', () => {
    class Request extends EventTarget {
      static sent: Request[] = []
      readonly upload = new EventTarget()
      status = 200
      responseText = '{"path":"/data/uploads/1/flowers.csv","bytes":3}'
      isAborted = false
      isSent = false
      open(): void {
        Request.sent.push(this)
      }
      send(): void {
        this.isSent = true
      }
      abort(): void {
        this.isAborted = true
        this.dispatchEvent(new Event('abort'))
      }
    }
    beforeEach(() => {
      Request.sent = []
      vi.stubGlobal('XMLHttpRequest', Request)
    })
    afterEach(() => vi.unstubAllGlobals())

    async function drop(name: string) {
      const event = new Event('drop', { bubbles: true, cancelable: true })
      Object.assign(event, { dataTransfer: { files: [new File(['a,b'], name)] } })
      page().get('[role=dialog]').element.dispatchEvent(event)
      await flushPromises()
      const [request] = Request.sent.slice(-1)
      if (request?.isSent !== true) throw new Error('nothing was sent')
      return request
    }
    const progress = (request: Request, loaded: number, total: number) =>
      request.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded, total }))

    test('a table is sent, then read, and gives the run its name', async () => {
      const host = hostWith()
      await openDialog(host)

      const request = await drop('flowers.csv')
      progress(request, 1, 4)
      await flushPromises()
      expect(page().text()).toContain('Sending flowers.csv')
      expect(page().text()).toContain('25 %')
      request.dispatchEvent(new Event('load'))

      await expect.poll(() => page().text()).toContain('200 rows × 5 columns')
      await click(/Training$/)
      expect(valueOf('Name')).toBe('flowers')
    })

    test('sending can be called off', async () => {
      await openDialog(hostWith())
      const request = await drop('flowers.csv')

      await click('Cancel')

      expect(request.isAborted).toBe(true)
      expect(page().text()).not.toContain('Sending flowers.csv')
      expect(page().find('[role=alert]').exists()).toBe(false)
    })

    test('what went wrong on the way is said', async () => {
      await openDialog(hostWith())
      const request = await drop('flowers.csv')

      request.dispatchEvent(new Event('error'))
      await flushPromises()

      expect(page().get('[role=alert]').text()).toContain('The file flowers.csv did not arrive')
    })
  })

  test('a file of unknown kind that is dropped is named, and nothing is sent', async () => {
    await openDialog(hostWith())
    const file = new File(['x'], 'holiday.mp4')

    const drop = new Event('drop', { bubbles: true, cancelable: true })
    Object.assign(drop, { dataTransfer: { files: [file] } })
    page().get('[role=dialog]').element.dispatchEvent(drop)
    await flushPromises()

    expect(page().text()).toContain('Panda can’t tell what holiday.mp4 holds.')
  })
})
