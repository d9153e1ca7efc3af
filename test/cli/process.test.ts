import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('endless-training.ts', import.meta.url))

/** Starts training in a process of its own and waits for its first words. */
async function startTraining() {
  const child = spawn(process.execPath, [PROGRAM, 'train', 'd', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  const end = async () => {
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
    return { code, signal, out, err }
  }
  return { child, end }
}

describe('training in a process of its own', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s pauses, saves and exits 0', async (signal) => {
    const { child, end } = await startTraining()

    child.kill(signal)
    const ended = await end()

    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.err).toMatch(/pausing and saving …\n(.*\n)*paused\n(.*\n)*closed\n$/)
    expect(JSON.parse(ended.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'stopped',
      reason: 'asked',
    })
  })

  test('many signals in a row end it as cleanly as one', async () => {
    const { child, end } = await startTraining()

    for (let i = 0; i < 10; i += 1) child.kill('SIGINT')
    const ended = await end()

    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.err.match(/^paused$/gm)).toHaveLength(1)
  })

  test('a reader that goes away ends it with everything saved', async () => {
    const { child, end } = await startTraining()

    child.stdout.destroy()
    const ended = await end()

    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.err).toBe('paused\nclosed\n')
  })
})
