import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  BrowserWindow,
  Menu,
  MessageChannelMain,
  app,
  dialog,
  ipcMain,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
} from 'electron'
import envPaths from 'env-paths'
import { createHost } from '../../core/session/host.ts'
import { readWindowFiles } from '../../core/web/files.ts'
import { stayAwakeWhileTraining } from './awake.ts'
import { fenceContents, fenceSession } from './fence.ts'
import { saveBeforeLeaving } from './leave.ts'
import { menuTemplate } from './menu.ts'
import { bringToFront, serveDeeds } from './deeds.ts'
import { servePorts } from './ports.ts'
import { answerWindow } from './window-files.ts'
import { WINDOW_SCHEME } from './window-origin.ts'
import { readWindowState } from './window-state.ts'
import { openWindow, windowOptions } from './window.ts'

const MAIN_DIR = import.meta.dirname
const OUT_DIR = path.dirname(MAIN_DIR)

const dataDir = path.resolve(
  process.env['PANDA_DATA_DIR'] ?? envPaths('panda', { suffix: '' }).data,
)
// Chromium's own files, kept away from the runs; on macOS both would share one folder. The lock of the
// single instance lives there too, so that each data folder has its own.
const shellDir = path.join(dataDir, 'window')
const stateFile = path.join(shellDir, 'window-state.json')

mkdirSync(shellDir, { recursive: true, mode: 0o700 }) // setPath refuses a folder that is not there
app.setPath('userData', shellDir)
app.setAppUserModelId('org.panda.Panda') // Windows shows notifications under it
app.enableSandbox()
protocol.registerSchemesAsPrivileged([
  { scheme: WINDOW_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
])

if (app.requestSingleInstanceLock()) {
  start().catch((error: unknown) => {
    tellFailure(error)
    app.exit(1)
  })
} else {
  app.quit() // the one that runs comes to the front
}

async function start(): Promise<void> {
  fenceContents(app)
  await app.whenReady()
  fenceSession(session.defaultSession)
  const files = readWindowFiles(path.join(OUT_DIR, 'renderer'))
  const host = createHost({
    dataDir,
    samplesDir: path.join(OUT_DIR, 'samples'),
    migrationsDir: path.join(OUT_DIR, 'migrations'),
    workerUrl: pathToFileURL(path.join(MAIN_DIR, 'worker.js')),
    trash: (file) => shell.trashItem(file),
    version: app.getVersion(),
  })
  protocol.handle(WINDOW_SCHEME, answerWindow(files, host.uploads))
  saveBeforeLeaving(app, () => host.close(), tellFailure)
  stayAwakeWhileTraining(host, powerSaveBlocker)
  servePorts(ipcMain, host, () => new MessageChannelMain())

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)))
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const state = readWindowState(stateFile, screens)
  const preload = path.join(OUT_DIR, 'preload', 'index.cjs')
  const window = new BrowserWindow(windowOptions(state, preload))

  serveDeeds(ipcMain, {
    showFile: (file) => shell.showItemInFolder(file),
    focus: () => bringToFront(window),
    dataDir,
  })
  app.on('window-all-closed', () => app.quit())
  app.on('second-instance', () => bringToFront(window))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => app.quit())
  }
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault() // the system waits until everything is saved
    app.quit()
  })
  await openWindow(window, state, stateFile, Date.now)
}

function tellFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  console.error(`panda: ${message}`)
  dialog.showErrorBox('Panda has to stop', message)
}
