import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, totalmem } from 'node:os'
import path from 'node:path'

const RESULTS = path.join(import.meta.dirname, 'results')

const versionOf = (name: string): string =>
  (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version

function pytorchVersion(): string {
  try {
    const code = 'import torch; print(torch.__version__)'
    return execFileSync('/usr/bin/python3', ['-c', code], { encoding: 'utf8' }).trim()
  } catch {
    return 'not installed'
  }
}

/** The machine in general terms: nothing that names one. */
function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    `${cpus().length} cores of ${first?.model.trim() ?? 'an unknown kind'} (${process.arch}), ${memory} GiB`,
    `Node ${process.versions.node}`,
    `onnxruntime-node ${versionOf('onnxruntime-node')}`,
    `PyTorch ${pytorchVersion()}`,
    `TensorFlow.js ${versionOf('@tensorflow/tfjs-core')}`,
  ].join(', ')
}

/** Keeps the figures of one part under today's date; those measured earlier on the same day go. */
export function keep(part: string, text: string): void {
  const day = new Date().toISOString().slice(0, 10)
  mkdirSync(RESULTS, { recursive: true })
  const head = `# ${part}, ${day}\n\n${machine()}.\n\n`
  writeFileSync(path.join(RESULTS, `${day}-${part}.md`), `${head}${text}`)
}
