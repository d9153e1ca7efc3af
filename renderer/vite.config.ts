import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Nothing is drawn before the script has set the theme: else the page would flash in the other colours. */
const drawWhenStarted: Plugin = {
  name: 'draw-when-started',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
}

/** The window, for a browser (`panda serve`) and for Electron alike: relative addresses throughout. */
export default defineConfig({
  root: folder('.'),
  base: './',
  plugins: [vue(), drawWhenStarted],
  build: {
    outDir: folder('../out/renderer'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would need `data:` in places where the content security policy forbids it.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
})
