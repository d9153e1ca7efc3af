import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import type { ExportRequest } from '../../core/protocol/examine.ts'
import { defineCommand } from '../command.ts'
import { formatExamined } from '../output/evaluation.ts'
import { toJson } from '../output/json.ts'
import { formatBytes } from '../output/numbers.ts'
import { parseTarget } from '../values.ts'

type Wanted = Pick<ExportRequest, 'format' | 'file'>

function parseWanted(onnx: string | undefined, safetensors: string | undefined): Wanted {
  if (onnx !== undefined && safetensors !== undefined) {
    throw new PandaError('cli/usage', 'one export writes one file', 'Keep --onnx or --safetensors.')
  }
  if (onnx !== undefined) return { format: 'onnx', file: onnx }
  if (safetensors !== undefined) return { format: 'safetensors', file: safetensors }
  throw new PandaError(
    'cli/usage',
    'panda export needs to know what to write',
    'Add --onnx FILE or --safetensors FILE.',
  )
}

export const exportRun = defineCommand({
  operands: ['RUN'],
  about: 'Writes the network for other programs: an ONNX model, or its parameters.',
  options: {
    onnx: { value: 'FILE', about: 'the network in inference mode, for any ONNX runtime' },
    safetensors: { value: 'FILE', about: 'parameters and running statistics alone' },
    checkpoint: { value: 'T', about: 'a day (2, b1:2) or checkpoint (c17) instead of the present' },
    force: { value: null, about: 'replace a file that is there' },
  },
  examples: ['panda export d --onnx d.onnx', 'panda export d --safetensors d.safetensors --force'],
  async run(given, shell) {
    const { format, file } = parseWanted(given.text('onnx'), given.text('safetensors'))
    const checkpoint = given.text('checkpoint')
    const request: ExportRequest = {
      format,
      file: path.resolve(shell.environment.workingDir, file),
      ...(checkpoint === undefined ? {} : { checkpoint: parseTarget(checkpoint) }),
      overwrite: given.flag('force'),
    }
    const reply = await shell.withHost(async (host) =>
      host.handlers['run:export'](given.required(0), request),
    )
    shell.print(
      shell.json
        ? toJson(reply)
        : `Wrote ${reply.file} (${formatBytes(reply.bytes)}): ${formatExamined(reply)}.`,
    )
    return 0
  },
})
