import path from 'node:path'
import type {
  PreflightCheck,
  PreflightProgress,
  PreflightReply,
  PreflightRequest,
} from '../../core/protocol/examine.ts'
import { defineCommand } from '../command.ts'
import type { Shell } from '../command.ts'
import { readConfig } from '../config/read-config.ts'
import type { CliHost } from '../environment.ts'
import { toJson } from '../output/json.ts'
import { formatBytes, formatCost, formatMilliseconds, plural } from '../output/numbers.ts'
import { formatPairs } from '../output/table.ts'

const VERDICTS: { readonly [V in PreflightCheck['verdict']]: string } = {
  pass: 'pass',
  warn: 'WARN',
  fail: 'FAIL',
}

function formatCheck({ name, verdict, measured, expected, meaning, remedy }: PreflightCheck) {
  const numbers = `${formatCost(measured)}, expected ${formatCost(expected)}`
  const head = `${VERDICTS[verdict]}  ${name}: ${numbers}`
  return [head, `      ${meaning}`, ...(remedy === null ? [] : [`      ${remedy}`])].join('\n')
}

const formatReply = ({ parameters, memoryBytes, stepMs, threads }: PreflightReply): string =>
  formatPairs([
    ['parameters', String(parameters)],
    ['memory', `about ${formatBytes(memoryBytes)}`],
    ['step', `${formatMilliseconds(stepMs)} on ${plural(threads, 'thread')}`],
  ])

/** A config where the name says so, else a run there is. */
async function requestOf(operand: string, { environment }: Shell): Promise<PreflightRequest> {
  if (!/\.json$/i.test(operand)) return { run: operand }
  const { config, base } = await readConfig(path.resolve(environment.workingDir, operand))
  return { config, base }
}

/** Says each check as it is done, and on a terminal what is being done. Returns how to stop. */
function tellProgress(host: CliHost, { environment, json, print }: Shell): () => void {
  if (json) return () => {}
  const clear = (): void => {
    if (environment.isTty) environment.stdout.write('\r\u001b[K')
  }
  const off = host.on('preflight:progress', (progress: PreflightProgress) => {
    clear()
    if (progress.type === 'checked') print(formatCheck(progress.check))
    else if (environment.isTty) environment.stdout.write(`${progress.what} …`)
  })
  return () => {
    off()
    clear()
  }
}

export const preflight = defineCommand({
  operands: ['CONFIG.json|RUN'],
  about: 'Checks before a long run that the network can learn, and what it will cost.',
  options: {},
  examples: ['panda preflight examples/digits.json', 'panda preflight d --json'],
  async run(given, shell) {
    const request = await requestOf(given.required(0), shell)
    const reply = await shell.withHost(async (host) => {
      const endProgress = tellProgress(host, shell)
      try {
        return await host.handlers['run:preflight'](request)
      } finally {
        endProgress()
      }
    })
    shell.print(shell.json ? toJson(reply) : formatReply(reply))
    return reply.checks.some(({ verdict }) => verdict === 'fail') ? 1 : 0
  },
})
