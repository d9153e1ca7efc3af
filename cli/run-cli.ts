import path from 'node:path'
import { PandaError } from '../core/errors.ts'
import { parseArguments } from './arguments.ts'
import type { Shell } from './command.ts'
import { COMMANDS } from './commands/index.ts'
import type { Environment } from './environment.ts'
import { commandHelp, overview } from './help.ts'
import { suggestion } from '../core/nearest.ts'
import { failureOf } from './output/errors.ts'

function commandOf(name: string) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name as keyof typeof COMMANDS] : null
  if (command !== null) return command
  if (name.startsWith('-')) {
    throw new PandaError(
      'cli/usage',
      `panda has no option ${name} before the command`,
      'Write options after the command, as in panda ls --json.',
    )
  }
  throw new PandaError(
    'cli/usage',
    `there is no command "${name}"`,
    suggestion(name, Object.keys(COMMANDS), 'See panda --help.'),
  )
}

function dataDirOf(asked: string | undefined, environment: Environment): string {
  const chosen = asked ?? (environment.variables.PANDA_DATA_DIR || environment.defaultDataDir)
  return path.resolve(environment.workingDir, chosen)
}

/** Lets go of `owner` when `work` has ended, however it ended. */
async function closingAfter<O extends { close(): Promise<void> }, T>(
  owner: O,
  work: (owner: O) => Promise<T>,
): Promise<T> {
  let result: T
  try {
    result = await work(owner)
  } catch (error) {
    await owner.close().catch(() => {}) // the first error is the one that explains
    throw error
  }
  await owner.close()
  return result
}

function shellOf(environment: Environment, json: boolean, dataDir: string): Shell {
  return {
    environment,
    json,
    print: (text) => environment.stdout.write(`${text}\n`),
    warn: (text) => environment.stderr.write(`${text}\n`),
    withHost: (work) => closingAfter(environment.createHost(dataDir), work),
  }
}

async function dispatch(argv: readonly string[], environment: Environment): Promise<number> {
  const [name, ...words] = argv
  const print = (text: string): void => environment.stdout.write(`${text}\n`)
  if (name === '--version') {
    print(environment.version)
    return 0
  }
  if (name === undefined) {
    environment.stderr.write(`${overview(COMMANDS)}\n`)
    return 2
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const [topic] = words
    print(
      name === 'help' && topic !== undefined
        ? commandHelp(topic, commandOf(topic))
        : overview(COMMANDS),
    )
    return 0
  }
  const command = commandOf(name)
  const { given, json, help, dataDir } = parseArguments(name, command, words)
  if (help) {
    print(commandHelp(name, command))
    return 0
  }
  return await command.run(given, shellOf(environment, json, dataDirOf(dataDir, environment)))
}

/** Runs one command line (without `node` and the script). Never throws; resolves to the exit code. */
export async function runCli(argv: readonly string[], environment: Environment): Promise<number> {
  try {
    return await dispatch(argv, environment)
  } catch (error) {
    const { line, exitCode } = failureOf(error)
    environment.stderr.write(`${line}\n`)
    return exitCode
  }
}
