import path from 'node:path'
import { defineConfig } from 'electron-vite'
import page from './renderer/vite.config.ts'

const root = import.meta.dirname
const at = (file: string): string => path.join(root, file)

/** open 11 declares `__dirname` itself; electron-vite 6 declares it again for any file that names it. */
const renameDirname = {
  name: 'rename-dirname',
  transform: (code: string, id: string) =>
    id.endsWith('/node_modules/open/index.js') ? code.replaceAll('__dirname', 'packageDir') : null,
}

const pageBuild = { ...page.build }
delete pageBuild.outDir // the build says where

export default defineConfig({
  main: {
    plugins: [renameDirname],
    build: {
      target: 'node22',
      rolldownOptions: {
        input: {
          index: at('electron/main/index.ts'),
          worker: at('core/session/worker.ts'),
          cli: at('cli/main.ts'),
        },
        // Chunks lie beside the entries: paths relative to the module mean the same in all of them.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: at('electron/preload/index.ts'),
        // A sandboxed preload can be nothing but one CommonJS file.
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    ...page,
    build: { ...pageBuild, rolldownOptions: { input: at('renderer/index.html') } },
  },
})
