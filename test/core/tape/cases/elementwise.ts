import { ANYWHERE, EITHER_SIDE_OF_ZERO } from '../case.ts'
import type { Cases, CasesOf, Range } from '../case.ts'

type Elementwise =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'abs'
  | 'sign'
  | 'erf'
  | 'relu'
  | 'positive'
  | 'leakyRelu'
  | 'elu'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'gelu'

const AWAY_FROM_ZERO: readonly Range[] = [
  [-2, -0.5],
  [0.5, 2],
]

/** Beyond ±20 the logistic function is as good as flat, and eˣ alone would lose the rest. */
const SMALL_AND_LARGE: readonly Range[] = [
  [-2, 2],
  [20, 40],
  [-40, -20],
]

const bare = (ranges = ANYWHERE): CasesOf<'exp'> => [{ operands: [[2, 3]], attributes: {}, ranges }]

export const ELEMENTWISE_CASES: Pick<Cases, Elementwise> = {
  add: [{ operands: [[2, 3], [3]], attributes: {} }],
  sub: [{ operands: [[3], [2, 3]], attributes: {} }],
  mul: [
    {
      operands: [
        [2, 1],
        [2, 3],
      ],
      attributes: {},
    },
    { name: 'by a scalar', operands: [[2, 3], []], attributes: {} },
  ],
  div: [
    {
      operands: [
        [2, 3],
        [2, 1],
      ],
      attributes: {},
      ranges: AWAY_FROM_ZERO,
    },
  ],
  neg: bare(),
  exp: bare(),
  log: bare([[0.5, 3]]),
  sqrt: bare([[0.5, 3]]),
  abs: bare(EITHER_SIDE_OF_ZERO),
  sign: bare(EITHER_SIDE_OF_ZERO),
  erf: bare(),
  relu: bare(EITHER_SIDE_OF_ZERO),
  positive: bare(EITHER_SIDE_OF_ZERO),
  leakyRelu: [{ operands: [[2, 3]], attributes: { slope: 0.2 }, ranges: EITHER_SIDE_OF_ZERO }],
  elu: [{ operands: [[2, 3]], attributes: { alpha: 1.5 }, ranges: EITHER_SIDE_OF_ZERO }],
  sigmoid: bare(SMALL_AND_LARGE),
  tanh: bare(),
  softplus: bare(SMALL_AND_LARGE),
  gelu: bare(),
}
