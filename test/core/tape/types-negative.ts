// Nothing here runs. What must not compile is marked: if it did compile, the unused mark would be the error.
import type { Rule, Rules } from '../../../core/tape/rules/rule.ts'
import type { Cases } from './case.ts'
import type { IMAGE_MEANINGS } from './images/meanings.ts'
import type { Meanings } from './meanings/numbers.ts'

declare const rules: Omit<Rules, 'exp'>
declare const cases: Omit<Cases, 'exp'>
declare const meanings: Omit<Meanings, 'exp'>
declare const exp: Rule<'exp'>
declare const mul: Rule<'mul'>
declare const imageMeanings: typeof IMAGE_MEANINGS

// @ts-expect-error an op without a rule
export const missingRule: Rules = rules

// @ts-expect-error an op without a case in the gradient check
export const missingCase: Cases = cases

// @ts-expect-error an op without a meaning in float64
export const missingMeaning: Meanings = meanings

// @ts-expect-error the meanings of images alone
export const onlyImages: Meanings = imageMeanings

// @ts-expect-error a rule without a lowering
export const noLowering: Rule<'exp'> = { shape: exp.shape, vjp: exp.vjp }

// @ts-expect-error a rule for one operand where there are two
export const wrongOp: Rules = { ...rules, exp, mul: exp }

// @ts-expect-error one gradient too few
export const tooFew: Rule<'mul'> = { ...mul, vjp: (g) => [g] }

// @ts-expect-error one gradient too many
export const tooMany: Rule<'exp'> = { ...exp, vjp: (g) => [g, g] }

// @ts-expect-error attributes of another op
export const wrongAttributes: Rule<'sum'> = { ...exp, shape: ([x], { columns }) => [columns, ...x] }
