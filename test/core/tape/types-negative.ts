// Nothing here runs. What must not compile is marked: if it did compile, the unused mark would be the error.
import type { Rule, Rules } from '../../../core/tape/rules.ts'
import type { Cases } from './cases.ts'

declare const rules: Omit<Rules, 'exp'>
declare const cases: Omit<Cases, 'exp'>
declare const exp: Rule<'exp'>
declare const mul: Rule<'mul'>

// @ts-expect-error an op without a rule
export const missingRule: Rules = rules

// @ts-expect-error an op without a case in the gradient check
export const missingCase: Cases = cases

// @ts-expect-error a rule for one operand where there are two
export const wrongOp: Rules = { ...rules, exp, mul: exp }

// @ts-expect-error one gradient too few
export const tooFew: Rule<'mul'> = { ...mul, vjp: (g) => [g] }

// @ts-expect-error one gradient too many
export const tooMany: Rule<'exp'> = { ...exp, vjp: (g) => [g, g] }

// @ts-expect-error attributes of another op
export const wrongAttributes: Rule<'sum'> = { ...exp, shape: ([x], { columns }) => [columns, ...x] }
