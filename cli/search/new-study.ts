import path from 'node:path'
import type { Args } from '../../core/protocol/contract.ts'
import { PandaError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { METHOD_NAMES } from '../../core/protocol/space.ts'
import type { MethodName } from '../../core/protocol/space.ts'
import { usualStudy } from '../../core/search/usual-study.ts'
import type { CliHost } from '../environment.ts'
import { nameOfFile, readJson } from '../config/read-config.ts'

/** A study to be made, and what of its config was left out. */
export interface NewStudy {
  readonly request: Args<'study:create'>[0]
  readonly notes: readonly string[]
}

/** What the command line says of a new study. */
export interface Asked {
  readonly name: string | undefined
  /** The run that the trials are of, instead of the config's. */
  readonly from: string | undefined
  readonly method: string | undefined
  readonly trials: number | undefined
}

const named = (name: string | undefined) => (name === undefined ? {} : { name })

/** The study of a file. */
export async function studyOfFile(file: string, asked: Asked): Promise<NewStudy> {
  const { name, from, method, trials } = asked
  const { config, notes } = withOptions(await readJson(file), { method, trials })
  const own = isObject(config) ? config['name'] : null
  return {
    request: {
      config: from === undefined || !isObject(config) ? config : { ...config, run: undefined },
      base: path.dirname(file),
      ...named(name ?? (own === undefined ? nameOfFile(file) : undefined)),
      ...(from !== undefined && { run: from }),
    },
    notes,
  }
}

/** The usual study of a run: what is worth searching first of its config. */
export async function studyOfRun(
  host: CliHost,
  {
    name,
    method,
    trials,
    from,
    epochs,
  }: Asked & { readonly from: string; readonly epochs: number | undefined },
): Promise<NewStudy> {
  const { facts } = await host.handlers['run:show'](from)
  const asked = { method: methodOf(method), trials, epochs }
  const config = usualStudy(facts.config, facts.trainExamples, asked)
  return { request: { config, run: facts.file, ...named(name) }, notes: [] }
}

function methodOf(given: string | undefined): MethodName | undefined {
  const method = METHOD_NAMES.find((one) => one === given)
  if (given === undefined || method !== undefined) return method
  const offer = `Methods are ${METHOD_NAMES.join(', ')}.`
  throw new PandaError(
    'config/invalid',
    `there is no method "${given}"`,
    suggestion(given, METHOD_NAMES, offer),
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What the command line says goes before what the config does. What only another method can have is left
 * out, and said: somebody who asks for a method means this search by that method.
 */
function withOptions(
  config: unknown,
  options: { readonly method: string | undefined; readonly trials: number | undefined },
): { readonly config: unknown; readonly notes: readonly string[] } {
  if (!isObject(config)) return { config, notes: [] }
  const { stop_early: stop, population, ...rest } = config
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const notes: string[] = []
  const { method } = options
  const keepsStop = method !== 'population' || stop === undefined
  const keepsPopulation =
    method === undefined || method === 'population' || population === undefined
  if (!keepsStop) {
    notes.push(
      "the config's stop_early is left out: a population has its own way to give up trials",
    )
  }
  if (!keepsPopulation) {
    notes.push(
      `the config's population is left out: it says how one is bred, not how ${method} works`,
    )
  }
  return {
    config: {
      ...rest,
      ...(keepsStop && stop !== undefined && { stop_early: stop }),
      ...(keepsPopulation && population !== undefined && { population }),
      ...Object.fromEntries(given),
    },
    notes,
  }
}
