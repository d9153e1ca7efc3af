import type { Cases } from './case.ts'
import { ELEMENTWISE_CASES } from './cases/elementwise.ts'
import { MATRIX_CASES } from './cases/matrices.ts'
import { SHAPE_CASES } from './cases/shapes.ts'
import { IMAGE_CASES } from './images/cases.ts'

/** The compiler keeps this table as complete as RULES: an op without a case does not build. */
export const CASES: Cases = {
  ...ELEMENTWISE_CASES,
  ...MATRIX_CASES,
  ...SHAPE_CASES,
  ...IMAGE_CASES,
}
