import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PandaError } from '../../core/errors.ts'
import { runName } from '../../core/protocol/config.ts'
import { findConfigFault } from '../../core/protocol/config-fault.ts'
import { findJsonFault, positionOf } from './json-fault.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
}

async function readText(file: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new PandaError(
      'config/unreadable',
      `${file} cannot be read: ${REASONS[code] ?? message}`,
      'Name a JSON file, such as examples/digits.json.',
      error,
    )
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) // also drops a byte-order mark
  } catch (error) {
    throw new PandaError('config/unreadable', `${file} is not UTF-8 text`, null, error)
  }
}

export interface ConfigFile {
  readonly config: unknown
  /** The folder that paths in the config start from. */
  readonly base: string
  /** The run's name where neither the person nor the config gives one; undefined if the file's won't do. */
  readonly fallbackName: string | undefined
}

/** What a JSON file holds. Throws `config/unreadable`, with the place where it stops being JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file)
  const offset = findJsonFault(text)
  if (offset !== null) {
    const near = text
      .slice(offset, offset + 20)
      .split('\n')[0]
      ?.trim()
    throw new PandaError(
      'config/unreadable',
      `${file} is not JSON at ${positionOf(text, offset)}: unexpected ${near ? `"${near}"` : 'end'}`,
      'Check commas, quotes and brackets there; comments are not allowed.',
    )
  }
  return JSON.parse(text) as unknown
}

/** The name that a file gives to what is made of it; undefined if it won't do. */
export function nameOfFile(file: string): string | undefined {
  const name = runName.safeParse(path.basename(file, path.extname(file)))
  return name.success ? name.data : undefined
}

/**
 * Reads and checks a config, so that a fault names its file. The host checks it again. `partOf` finds it where
 * the file may hold it as a part of something else.
 */
export async function readConfig(
  file: string,
  partOf: (read: unknown) => unknown = (read) => read,
): Promise<ConfigFile> {
  const config = partOf(await readJson(file))
  const fault = findConfigFault(config)
  if (fault !== null) {
    throw new PandaError('config/invalid', `${file}: ${fault.message}`, fault.remedy)
  }
  const named = (config as { readonly name?: string }).name
  return {
    config,
    base: path.dirname(path.resolve(file)),
    fallbackName: named === undefined ? nameOfFile(file) : undefined,
  }
}
