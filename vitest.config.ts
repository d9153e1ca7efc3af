import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of the time they wait for processes and threads of their own: all cores, not all but one.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'core',
          include: ['test/{core,cli,electron,scripts,docs}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.ts'],
        },
      },
    ],
  },
})
