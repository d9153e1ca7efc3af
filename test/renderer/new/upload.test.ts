import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { uploadFile } from '../../../renderer/link/upload.ts'

/** What a page knows of one request; the server is played by the test. */
class FakeRequest extends EventTarget {
  static last: FakeRequest
  readonly upload = new EventTarget()
  status = 0
  responseText = ''
  asked = ''
  sent: unknown = null

  constructor() {
    super()
    FakeRequest.last = this
  }
  open(method: string, address: string): void {
    this.asked = `${method} ${address}`
  }
  send(body: unknown): void {
    this.sent = body
  }
  abort(): void {
    this.dispatchEvent(new Event('abort'))
  }
  answer(status: number, body: unknown): void {
    this.status = status
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body)
    this.dispatchEvent(new Event('load'))
  }
  progress(loaded: number, total: number): void {
    this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded, total }))
  }
}

beforeEach(() => vi.stubGlobal('XMLHttpRequest', FakeRequest))
afterEach(() => vi.unstubAllGlobals())

const file = new File(['a,b\n1,2\n'], 'my table é.csv')

describe('sending a file', () => {
  test('posts it under its name, tells how far it is, and answers where it lies', async () => {
    const shares: number[] = []
    const sending = uploadFile(file, { onProgress: (share) => shares.push(share) })

    FakeRequest.last.progress(2, 8)
    FakeRequest.last.answer(200, { path: '/data/uploads/1/my table é.csv', bytes: 8 })

    expect(await sending).toEqual({ path: '/data/uploads/1/my table é.csv', bytes: 8 })
    expect(FakeRequest.last.asked).toBe('POST upload?name=my%20table%20%C3%A9.csv')
    expect(FakeRequest.last.sent).toBe(file)
    expect(shares).toEqual([0.25])
  })

  test.each([
    [413, 'too large to send', 'give its path'],
    [401, 'may not send files', 'Open the address'],
    [500, 'was not taken (status 500)', 'Try again'],
  ])('a refusal with status %i says what happened and what to do', async (status, what, remedy) => {
    const sending = uploadFile(file)

    FakeRequest.last.answer(status, '<html>no</html>')

    await expect(sending).rejects.toMatchObject({
      message: expect.stringContaining(what) as string,
      remedy: expect.stringContaining(remedy) as string,
    })
  })

  test('the host’s own words are kept where it gave some', async () => {
    const sending = uploadFile(file)

    FakeRequest.last.answer(507, {
      code: 'store/disk-full',
      message: 'the disk is full',
      remedy: 'Make room.',
    })

    await expect(sending).rejects.toMatchObject({
      code: 'store/disk-full',
      message: 'the disk is full',
      remedy: 'Make room.',
    })
  })

  test('an answer that is not one counts as a refusal, not as a file', async () => {
    const sending = uploadFile(file)

    FakeRequest.last.answer(200, '<html>index</html>')

    await expect(sending).rejects.toMatchObject({ code: 'protocol/bad-request' })
  })

  test('a file of more than 4 GiB is refused before anything is sent', async () => {
    const huge = Object.defineProperty(new File([], 'huge.csv'), 'size', { value: 4 * 2 ** 30 + 1 })

    await expect(uploadFile(huge)).rejects.toMatchObject({
      message: 'the file huge.csv is too large to send',
    })
  })

  test('a connection that breaks says so', async () => {
    const sending = uploadFile(file)

    FakeRequest.last.dispatchEvent(new Event('error'))

    await expect(sending).rejects.toMatchObject({ code: 'protocol/disconnected' })
  })

  test('calling it off ends the request', async () => {
    const stop = new AbortController()
    const sending = uploadFile(file, { signal: stop.signal })

    stop.abort()

    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
  })
})
