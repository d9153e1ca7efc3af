import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

// Writes core/optim/kernels-wasm.ts, the compiled core/optim/kernels.wat. With --check it only says
// whether the file is current.
const fileOf = (relative: string): string =>
  fileURLToPath(new URL(`../${relative}`, import.meta.url))
const SOURCE = fileOf('core/optim/kernels.wat')
const FILE = fileOf('core/optim/kernels-wasm.ts')

/** WebAssembly text → a module that exports the bytes. Throws an Error that names line and column. */
export async function compileKernels(text: string): Promise<string> {
  const { parseWat } = await wabt()
  const module = parseWat('kernels.wat', text, { simd: true })
  try {
    module.validate()
    const { buffer } = module.toBinary({})
    return [
      '/** core/optim/kernels.wat, compiled by scripts/build-kernels.ts: a WebAssembly module in base64. */',
      'export const KERNELS_WASM =',
      `  '${Buffer.from(buffer).toString('base64')}'`,
      '',
    ].join('\n')
  } finally {
    module.destroy()
  }
}

/** What the committed module should be, and what it is. */
export const readKernels = async () => ({
  compiled: await compileKernels(readFileSync(SOURCE, 'utf8')),
  committed: existsSync(FILE) ? readFileSync(FILE, 'utf8') : '',
})

if (process.argv[1] === import.meta.filename) {
  const { compiled, committed } = await readKernels()
  // A file that is current is not written: its time tells whether a build is.
  if (compiled !== committed && !process.argv.includes('--check')) writeFileSync(FILE, compiled)
  else if (compiled !== committed) {
    console.error('panda: core/optim/kernels-wasm.ts is out of date. Run scripts/build-kernels.ts.')
    process.exitCode = 1
  }
}
