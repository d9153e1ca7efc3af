import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The window, for a browser (`panda serve`) and for Electron alike: relative addresses throughout. */
export default defineConfig({
  root: folder('.'),
  base: './',
  plugins: [vue()],
  build: {
    outDir: folder('../out/renderer'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would need `data:` in places where the content security policy forbids it.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
})
