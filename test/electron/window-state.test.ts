import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { readWindowState, stateOf, writeWindowState } from '../../electron/main/window-state.ts'

const SCREENS = [{ x: 0, y: 0, width: 1920, height: 1080 }]
const FIRST = { bounds: null, maximized: false, hash: '' }
const bounds = { x: 100, y: 50, width: 1200, height: 700 }
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'panda-window-'))
  file = path.join(folder, 'window', 'window-state.json')
})

describe('where the window was', () => {
  test('is there again at the next launch, with the view it showed', () => {
    const state = { bounds, maximized: true, hash: '#/run/digits' }
    writeWindowState(file, state)
    expect(readWindowState(file, SCREENS)).toEqual(state)
    expect(readdirSync(path.dirname(file))).toEqual(['window-state.json'])
  })

  test('is where the system puts it at the first launch', () => {
    expect(readWindowState(file, SCREENS)).toEqual(FIRST)
  })

  test('is forgotten if that screen has gone, but not the view', () => {
    writeWindowState(file, { bounds: { ...bounds, x: 3000 }, maximized: false, hash: '#/' })
    expect(readWindowState(file, SCREENS)).toEqual({ ...FIRST, hash: '#/' })
  })

  test('never keeps the app from starting, whatever the file holds', () => {
    const odd = path.join(folder, 'odd.json')
    const number = fc.oneof(fc.integer(), fc.double(), fc.string())
    const nearly = fc.record({
      bounds: fc.record({ x: number, y: number, width: number, height: number }),
      maximized: fc.anything(),
      hash: fc.string(),
    })
    const contents = fc.oneof(
      fc.string(),
      fc.json(),
      nearly.map((state) => JSON.stringify(state)),
    )
    fc.assert(
      fc.property(contents, (text) => {
        writeFileSync(odd, text ?? '')
        const { bounds: kept, hash } = readWindowState(odd, SCREENS)
        expect(hash === '' || hash.startsWith('#/')).toBe(true)
        if (kept !== null) expect(kept.width).toBeGreaterThanOrEqual(200)
      }),
    )
  })

  test('takes the view from the address, and only a view', () => {
    const at = (url: string) =>
      stateOf({
        getNormalBounds: () => bounds,
        isMaximized: () => false,
        webContents: { getURL: () => url },
      }).hash

    expect(at('panda://window/#/run/digits')).toBe('#/run/digits')
    expect(at('panda://window/')).toBe('')
    expect(at('panda://window/#javascript:alert(1)')).toBe('')
    expect(at('')).toBe('')
  })
})
