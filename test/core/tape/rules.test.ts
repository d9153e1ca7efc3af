import { describe, expect, test } from 'vitest'
import { max, relu, scale } from '../../../core/tape/functions.ts'
import type { Rules } from '../../../core/tape/rules/rule.ts'
import { RULES } from '../../../core/tape/rules.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { OpName, Value } from '../../../core/tape/value.ts'
import { CASES } from './cases.ts'
import { gapOf } from './central-differences.ts'
import { TRIALS, experiment, secondExperiment } from './experiment.ts'
import type { Trial } from './experiment.ts'
import { interpret } from './interpreter.ts'

interface LooseRule {
  vjp(g: Value, inputs: readonly Value[], z: Value, attributes: object): readonly (Value | null)[]
}

/** All rules, the one of this op off by a share. */
function bentRules(op: OpName, by: number): Rules {
  const rule = RULES[op] as LooseRule
  const vjp: LooseRule['vjp'] = (...given) =>
    rule.vjp(...given).map((gradient) => gradient && scale(gradient, 1 + by))
  return { ...RULES, [op]: { ...rule, vjp } }
}

/** Ops that no small change of their inputs moves. */
const FLAT: readonly OpName[] = ['sign', 'positive']

const trialOf = (op: OpName, range: Trial['range']): Trial => {
  const found = TRIALS.find((trial) => trial.op === op && String(trial.range) === String(range))
  if (found === undefined) throw new Error(`no case of ${op} on [${range}]`)
  return found
}

const evaluate = (value: Value, x: readonly number[]): readonly number[] => [
  ...(interpret([value], new Map([['x', Float64Array.from(x)]]))[0] ?? []),
]

describe('gradient rules', () => {
  test('no list of cases is empty', () => {
    const tried = new Set(TRIALS.map(({ op }) => op))

    expect(tried).toEqual(new Set(Object.keys(RULES)))
  })

  for (const trial of TRIALS) {
    test(`${trial.title} agrees with central differences`, () => {
      expect(gapOf(experiment(trial))).toBeLessThan(1e-6)
    })
  }

  for (const op of (Object.keys(CASES) as OpName[]).filter((name) => !FLAT.includes(name))) {
    test(`the check notices a rule for ${op} that is a tenth of a percent off`, () => {
      const bent = bentRules(op, 1e-3)

      const gaps = TRIALS.filter((trial) => trial.op === op)
        .slice(0, 2)
        .map((trial) => gapOf(experiment(trial, bent)))

      expect(Math.max(...gaps)).toBeGreaterThan(1e-5)
    })
  }

  test('the check notices a ReLU that lets every gradient through', () => {
    const bent: Rules = { ...RULES, relu: { ...RULES.relu, vjp: (g) => [g] } }

    expect(gapOf(experiment(trialOf('relu', [0.1, 2]), bent))).toBeLessThan(1e-6)
    expect(gapOf(experiment(trialOf('relu', [-2, -0.1]), bent))).toBeGreaterThan(0.1)
  })
})

/** Whose way back holds ops that have a rule of their own. */
const TWICE: readonly OpName[] = [
  'div',
  'sqrt',
  'erf',
  'elu',
  'gelu',
  'softplus',
  'matmul',
  'softmax',
  'logSoftmax',
  'lookup',
  'layerNorm',
  'layerVariance',
  'max',
  'sumSquares',
  'slice',
  'concat',
]

describe('second derivatives', () => {
  for (const trial of TRIALS.filter(({ op }) => TWICE.includes(op))) {
    test(`of ${trial.title} agree with central differences`, () => {
      expect(gapOf(secondExperiment(trial))).toBeLessThan(1e-6)
    })
  }
})

describe('at a kink', () => {
  test('a ReLU sends no gradient back', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])

    const [dx] = tape.gradient(relu(x), [x])

    expect(evaluate(dx as Value, [0])).toEqual([0])
  })

  test('those that are equally large share the gradient of a maximum', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [4])
    const largest = tape.record('reshape', [max(x, [0])], { shape: [] })

    const [dx] = tape.gradient(largest, [x])

    expect(evaluate(dx as Value, [3, 1, 3, 2])).toEqual([0.5, 0, 0.5, 0])
  })
})
