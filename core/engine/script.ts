import { PandaError } from '../errors.ts'
import { OPTIMIZERS, applyOptimizer, clipScale } from '../optim/optimizers.ts'
import type { Kernels } from '../optim/kernels.ts'
import { faultOf } from '../protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../protocol/recipe.ts'
import type {
  HyperparameterName,
  Hyperparameters,
  OptimizerName,
} from '../protocol/hyperparameters.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Value, Variable } from '../tape/value.ts'
import { allocateFloats, chooseKernels } from './flat-memory.ts'
import { checkedNumbers, compileProgram, isVariable } from './program.ts'
import type { FedNumbers, Numbers, Program } from './program.ts'

/** Trains the variables of a tape. One call at a time: await each before the next. */
export interface ScriptOptimizer {
  /** What it works with now. */
  readonly hyperparameters: Hyperparameters
  /** Changes hyperparameters from the next step on. Throws `config/invalid`, and changes nothing. */
  nudge(changes: Hyperparameters): void
  /**
   * One step: computes the cost and its gradients, and moves the variables. Answers the cost before the
   * step. `feeds` holds the numbers of the tape's inputs, by name. What a cost needs is compiled once.
   *
   * Throws, before anything has moved, `engine/invalid-model` where the cost is no scalar or a variable
   * not of its tape, `data/bad-value` where an input is not fed what it takes, and `engine/failed` where
   * the cost or a gradient is not finite.
   */
  minimize(cost: Value, variables: readonly Variable[], feeds?: FedNumbers): Promise<number>
  /**
   * One step along gradients computed by other means, each as long as its variable. Throws, before
   * anything has moved, `data/bad-value` for one of another length and `engine/failed` for one that is
   * not finite.
   */
  applyGradients(
    pairs: readonly (readonly [gradient: Numbers, variable: Variable])[],
  ): Promise<void>
}

/** One variable under one optimizer: what is kept for it, moments included. */
interface Standing {
  readonly kernels: Kernels
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  readonly layout: Parameters<typeof applyOptimizer>[2]
  readonly scalars: Record<string, number>
}

/** What a script has no use for: it writes its cost itself, and its α comes without a schedule. */
const NOT_IN_SCRIPTS: readonly string[] = ['l2', 'batch_size', 'warmup_steps']

const defaultsOf = (optimizer: OptimizerName): Hyperparameters => {
  const recipe = { optimizer, schedule: 'constant', hasLiveDropout: false } as const
  return Object.fromEntries(
    Object.entries(defaultHyperparameters(recipe)).filter(([key]) => !NOT_IN_SCRIPTS.includes(key)),
  )
}

function checkHyperparameters(optimizer: OptimizerName, changes: Hyperparameters): void {
  const own = Object.keys(defaultsOf(optimizer))
  for (const [name, value] of Object.entries(changes) as [HyperparameterName, number][]) {
    const fault = own.includes(name)
      ? faultOf(name, value)
      : `is not a hyperparameter of ${optimizer}`
    if (fault === null) continue
    throw new PandaError('config/invalid', `${name} ${fault}`, `It has ${own.join(', ')}.`)
  }
}

const refuse = (message: string, remedy: string): PandaError =>
  new PandaError('engine/invalid-model', message, remedy)

const notFinite = (what: string): PandaError =>
  new PandaError(
    'engine/failed',
    `${what}; the step was not taken`,
    'Lower the learning rate, clip the gradients, or look for a division by 0 or a log of 0.',
  )

function checkCost({ shape, tape }: Value, variables: readonly Variable[]): void {
  if (shape.length > 0) {
    throw refuse(
      `a cost is one number, and this is [${shape}]`,
      'Bring it down with mean, or with sum and reshape.',
    )
  }
  const foreign = variables.find((variable) => variable.tape !== tape)
  if (foreign === undefined) return
  throw refuse(
    `${foreign.name} is a variable of another tape than the cost`,
    'Make variables with the tape that the cost is written on.',
  )
}

function checkVariables(variables: readonly Variable[]): void {
  if (variables.length === 0) throw refuse('there is nothing to train', 'Name a variable.')
  const twice = variables.find((variable, index) => variables.indexOf(variable) !== index)
  if (twice === undefined) return
  throw refuse(`${twice.name} stands twice among what is trained`, 'Name each variable once.')
}

const numbersFor = ({ name, shape }: Variable, gradient: Numbers): Float32Array =>
  Float32Array.from(checkedNumbers(`the gradient of ${name}`, shape, gradient))

const squaresOf = (numbers: Float32Array): number =>
  numbers.reduce((sum, value) => sum + value * value, 0)

/** Makes room for a variable, with moments of zero. */
function enter(optimizer: OptimizerName, { shape }: Variable): Standing {
  const { slots, scalars } = OPTIMIZERS[optimizer]
  const length = sizeOf(shape)
  const flat = allocateFloats(length * (2 + slots.length))
  return {
    kernels: chooseKernels(flat, undefined),
    parameters: flat.floats.subarray(0, length),
    gradients: flat.floats.subarray(length, 2 * length),
    layout: {
      parameters: 0,
      gradients: length,
      slots: Object.fromEntries(slots.map((slot, index) => [slot, length * (2 + index)])),
      stretches: [{ from: 0, length, decays: true }],
    },
    scalars: { ...scalars },
  }
}

/**
 * An optimizer for scripts, with the hyperparameters named as in a config. Clips where `clip_norm` is not
 * 0. Weight decay reaches every variable: only a network knows its weights from its biases. Throws
 * `config/invalid` where a hyperparameter is not the optimizer's own or out of its range.
 */
export function createOptimizer(
  name: OptimizerName,
  hyperparameters: Hyperparameters = {},
): ScriptOptimizer {
  checkHyperparameters(name, hyperparameters)
  let knobs: Hyperparameters = { ...defaultsOf(name), ...hyperparameters }
  const standings = new WeakMap<Variable, Standing>()
  const steps = new WeakMap<Value, Map<string, Promise<Program>>>()

  const standingOf = (variable: Variable): Standing => {
    const standing = standings.get(variable) ?? enter(name, variable)
    standings.set(variable, standing)
    return standing
  }

  const apply = (pairs: readonly (readonly [Float32Array, Variable])[]): void => {
    const norm = Math.sqrt(pairs.reduce((sum, [gradient]) => sum + squaresOf(gradient), 0))
    if (!Number.isFinite(norm)) throw notFinite('a gradient is not finite')
    const scale = clipScale(norm, knobs.clip_norm ?? 0)
    for (const [gradient, variable] of pairs) {
      const { kernels, parameters, gradients, layout, scalars } = standingOf(variable)
      parameters.set(variable.values)
      gradients.set(gradient)
      applyOptimizer(name, kernels, layout, scalars, knobs, knobs.learning_rate ?? 0, scale)
      variable.values.set(parameters)
    }
  }

  /** Of the cost, and of its gradient in each variable. */
  const stepOf = (cost: Value, variables: readonly Variable[]): Promise<Program> => {
    const own = steps.get(cost) ?? new Map<string, Promise<Program>>()
    steps.set(cost, own)
    const key = variables.map(({ index }) => index).join()
    const program = own.get(key) ?? compileProgram([cost, ...cost.tape.gradient(cost, variables)])
    own.set(key, program)
    return program
  }

  return {
    get hyperparameters() {
      return knobs
    },
    nudge(changes) {
      checkHyperparameters(name, changes)
      knobs = { ...knobs, ...changes }
    },
    async minimize(cost, variables, feeds = {}) {
      checkCost(cost, variables)
      checkVariables(variables)
      const program = await stepOf(cost, variables)
      const [costs, ...gradients] = await program.run(feeds)
      const before = costs?.[0] ?? NaN
      if (!Number.isFinite(before)) throw notFinite(`the cost is ${before}`)
      apply(variables.map((variable, index) => [gradients[index] ?? new Float32Array(), variable]))
      return before
    },
    async applyGradients(pairs) {
      checkVariables(pairs.map(([, variable]) => variable))
      apply(pairs.map(([gradient, variable]) => [numbersFor(variable, gradient), variable]))
    },
  }
}

const programs = new WeakMap<Value, Promise<Program>>()

function programOf(value: Value): Promise<Program> {
  const program = programs.get(value) ?? compileProgram([value])
  programs.set(value, program)
  return program
}

/**
 * What a value is: a number where it is a scalar, else all its numbers, the last axis fastest. `feeds`
 * holds the numbers of the tape's inputs that it is computed from. Throws `data/bad-value` where one of
 * them is not fed what it takes.
 */
export async function read(value: Value, feeds: FedNumbers = {}): Promise<number | Float32Array> {
  const [numbers = new Float32Array()] = isVariable(value)
    ? [value.values]
    : await (await programOf(value)).run(feeds)
  return value.shape.length === 0 ? (numbers[0] ?? NaN) : numbers.slice()
}
