import type { CliHost, Environment } from './environment.ts'

/** `value` is the placeholder of the option's value in the help; null makes it a switch. */
interface OptionRow {
  readonly value: string | null
  readonly about: string
}
export type OptionRows = Readonly<Record<string, OptionRow>>

type SwitchOf<O extends OptionRows> = {
  [K in keyof O & string]: O[K]['value'] extends null ? K : never
}[keyof O & string]
type TextOf<O extends OptionRows> = Exclude<keyof O & string, SwitchOf<O>>

/** A command's arguments once they are known to fit it. */
export interface Given<Text extends string, Switch extends string> {
  /** An operand that the command declares; an absent optional one is undefined. */
  operand(index: number): string | undefined
  /** A required operand. */
  required(index: number): string
  /** The operands from `index` on. */
  rest(index: number): readonly string[]
  text(name: Text): string | undefined
  flag(name: Switch): boolean
}

/** What a command may do besides calling the host. */
export interface Shell {
  readonly environment: Environment
  readonly json: boolean
  /** Writes one line (or several) to stdout. */
  print(text: string): void
  /** Writes one line to stderr. */
  warn(text: string): void
  /** Opens the host for the time of `work`; what it holds is saved before this resolves. */
  withHost<T>(work: (host: CliHost) => Promise<T>): Promise<T>
}

interface Spec<O extends OptionRows> {
  /** As the help shows them: `RUN`, `[DAY]` for an optional one, `NAME=VALUE…` for one or more. */
  readonly operands: readonly string[]
  readonly about: string
  readonly options: O
  readonly examples: readonly string[]
  /** Resolves to the exit code. */
  run(given: Given<TextOf<O>, SwitchOf<O>>, shell: Shell): Promise<number>
}

/** One row of the command table, whatever its options. */
export interface Command extends Omit<Spec<OptionRows>, 'run'> {
  run(given: Given<string, string>, shell: Shell): Promise<number>
}

/** Ties the options a command reads to those it declares; an undeclared one does not compile. */
export const defineCommand = <const O extends OptionRows>(spec: Spec<O>): Command => spec

/** Options that every command takes. */
export const COMMON_OPTIONS = {
  json: { value: null, about: 'answer in JSON' },
  'data-dir': {
    value: 'DIR',
    about: "where runs live (else PANDA_DATA_DIR, else the platform's folder)",
  },
  help: { value: null, about: 'show this help' },
} as const satisfies OptionRows
