import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { CLI, DIGITS, newFolder, row } from './scene.ts'
import type { Row } from './scene.ts'

const TIMES = 50

interface Shown {
  readonly step: number
  readonly parametersSha256: string
}

/** Ctrl-C at fifty different moments of training: ends with 0, and the file holds what was last said. */
export async function benchClosing(): Promise<readonly Row[]> {
  const folder = newFolder()
  const panda = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args, '--json', '--data-dir', folder], {
      encoding: 'utf8',
    })
  panda('new', DIGITS, '--name', 'r')
  let good = 0
  for (let time = 0; time < TIMES; time++) {
    const child = spawn(process.execPath, [CLI, 'train', 'r', '--json', '--data-dir', folder])
    let output = ''
    child.stdout.on('data', (text) => (output += String(text)))
    await once(child.stdout, 'data')
    await setTimeout(time * 17) // the worker is anywhere between preparing and the middle of a step
    child.kill(time % 2 === 0 ? 'SIGINT' : 'SIGTERM')
    const [code] = (await once(child, 'close')) as [number | null]
    const last = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '{}') as Shown & {
      event: string
    }
    const shown = JSON.parse(panda('show', 'r')) as Shown
    const isSaved =
      last.event === 'stopped' &&
      shown.step === last.step &&
      shown.parametersSha256 === last.parametersSha256
    if (code === 0 && isSaved) good++
    else console.error(`time ${time}: exit ${code}, last ${JSON.stringify(last)}`)
  }
  return [row('Ctrl-C or SIGTERM while training: exit 0, saved', `${good} of ${TIMES}`)]
}
