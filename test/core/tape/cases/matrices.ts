import type { Cases, Indices } from '../case.ts'

type OfMatrices =
  | 'matmul'
  | 'transpose'
  | 'softmax'
  | 'logSoftmax'
  | 'gather'
  | 'scatter'
  | 'lookup'
  | 'scatterRows'
  | 'layerNorm'
  | 'layerMean'
  | 'layerVariance'

const LABELS: Indices = { shape: [4, 1], below: 3 }
/** More ids than rows, so that some rows are named twice. */
const IDS: Indices = { shape: [2, 4], below: 5 }

export const MATRIX_CASES: Pick<Cases, OfMatrices> = {
  matmul: [
    {
      operands: [
        [2, 3],
        [3, 4],
      ],
      attributes: {},
    },
    {
      name: 'of a stack and one matrix',
      operands: [
        [2, 2, 2, 3],
        [3, 4],
      ],
      attributes: {},
    },
    {
      name: 'of one matrix and a stack',
      operands: [
        [2, 3],
        [2, 3, 2],
      ],
      attributes: {},
    },
    {
      name: 'of stacks that are stretched both ways',
      operands: [
        [2, 1, 2, 3],
        [3, 3, 1],
      ],
      attributes: {},
    },
  ],
  transpose: [
    { operands: [[2, 3]], attributes: { permutation: [1, 0] } },
    {
      name: 'that turns axes in a circle',
      operands: [[2, 3, 1, 4]],
      attributes: { permutation: [3, 0, 1, 2] },
    },
  ],
  softmax: [
    { operands: [[4, 3]], attributes: {} },
    { name: 'of a stack', operands: [[2, 2, 3]], attributes: {} },
    { name: 'of large numbers', operands: [[2, 3]], attributes: {}, ranges: [[90, 94]] },
  ],
  logSoftmax: [
    { operands: [[4, 3]], attributes: {} },
    { name: 'of a stack', operands: [[2, 2, 3]], attributes: {} },
    { name: 'of large numbers', operands: [[2, 3]], attributes: {}, ranges: [[90, 94]] },
  ],
  gather: [{ operands: [[4, 3], LABELS], attributes: {} }],
  scatter: [{ operands: [[4, 1], LABELS], attributes: { columns: 3 } }],
  lookup: [
    { operands: [[5, 3], IDS], attributes: {} },
    { name: 'in a large table', operands: [[300, 2], { shape: [6], below: 300 }], attributes: {} },
  ],
  scatterRows: [
    { operands: [[2, 4, 3], IDS], attributes: { count: 5 } },
    { name: 'into a large table', operands: [[2, 4, 3], IDS], attributes: { count: 300 } },
  ],
  layerNorm: [
    { operands: [[2, 4], [4], [4]], attributes: { epsilon: 1e-2 } },
    { name: 'of a stack', operands: [[2, 3, 4], [4], [4]], attributes: { epsilon: 1e-5 } },
  ],
  layerMean: [{ operands: [[2, 3, 4]], attributes: {} }],
  layerVariance: [
    { operands: [[2, 3, 4]], attributes: {} },
    { name: 'far from 0', operands: [[2, 4]], attributes: {}, ranges: [[100, 102]] },
  ],
}
