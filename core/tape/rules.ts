import { CHANNEL_RULES } from './rules/channels.ts'
import { ELEMENTWISE_RULES } from './rules/elementwise.ts'
import { IMAGE_RULES } from './rules/images.ts'
import { MATRIX_RULES } from './rules/matrices.ts'
import { ROW_RULES } from './rules/rows.ts'
import type { Rules } from './rules/rule.ts'
import { SHAPE_RULES } from './rules/shapes.ts'

/** The calculus of Panda: what each op's shape is, how ONNX says it, and its gradient. */
export const RULES: Rules = {
  ...ELEMENTWISE_RULES,
  ...MATRIX_RULES,
  ...ROW_RULES,
  ...SHAPE_RULES,
  ...IMAGE_RULES,
  ...CHANNEL_RULES,
}
