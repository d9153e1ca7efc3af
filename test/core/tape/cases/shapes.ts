import type { Cases } from '../case.ts'

type OfShapes = 'sum' | 'max' | 'sumSquares' | 'expand' | 'reshape' | 'slice' | 'place' | 'concat'

export const SHAPE_CASES: Pick<Cases, OfShapes> = {
  sum: [
    { operands: [[2, 3, 4]], attributes: { axes: [0, 2] } },
    { name: 'over an axis of length 1', operands: [[2, 1]], attributes: { axes: [1] } },
  ],
  max: [
    { operands: [[2, 3, 4]], attributes: { axes: [0, 2] } },
    { name: 'over the last axis', operands: [[3, 4]], attributes: { axes: [1] } },
  ],
  sumSquares: [{ operands: [[2, 3]], attributes: {} }],
  expand: [
    { operands: [[2, 1]], attributes: { shape: [4, 2, 3] } },
    { name: 'of a scalar', operands: [[]], attributes: { shape: [2, 2] } },
  ],
  reshape: [
    { operands: [[2, 3]], attributes: { shape: [3, 2] } },
    { name: 'to a scalar', operands: [[1, 1]], attributes: { shape: [] } },
  ],
  slice: [
    { operands: [[2, 5, 3]], attributes: { axis: 1, from: 1, length: 3 } },
    { name: 'at the end', operands: [[4]], attributes: { axis: 0, from: 3, length: 1 } },
  ],
  place: [
    { operands: [[2, 2, 3]], attributes: { axis: 1, from: 1, length: 4 } },
    { name: 'that leaves no room', operands: [[2]], attributes: { axis: 0, from: 0, length: 2 } },
  ],
  concat: [
    {
      operands: [
        [2, 1, 3],
        [2, 3, 3],
        [2, 2, 3],
      ],
      attributes: { axis: 1 },
    },
    { name: 'of one', operands: [[2]], attributes: { axis: 0 } },
  ],
}
