import { word } from '../../random/index.ts'
import { pathsOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import type { Propose } from './method.ts'
import { randomPoint } from './random.ts'

/**
 * Primitive polynomials (degree, coefficients) and first direction numbers of dimensions 2 to 21
 * (Joe and Kuo 2008, `new-joe-kuo-6`). The first dimension is van der Corput's sequence.
 */
const DIRECTIONS: readonly (readonly [degree: number, a: number, m: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
]
const BITS = 32
const STREAM = 200

function directionsOf(dimension: number): readonly number[] {
  const row = DIRECTIONS[dimension - 1]
  if (row === undefined) return Array.from({ length: BITS }, (_, i) => (1 << (BITS - 1 - i)) >>> 0)
  const [degree, a, first] = row
  const m = [...first]
  for (let i = degree; i < BITS; i++) {
    // m_i = 2a₁m_{i−1} ⊕ 4a₂m_{i−2} ⊕ … ⊕ 2^s m_{i−s} ⊕ m_{i−s}; only the bits that v keeps matter.
    let next = (m[i - degree] ?? 0) ^ ((m[i - degree] ?? 0) << degree)
    for (let k = 1; k < degree; k++) {
      if ((a >> (degree - 1 - k)) & 1) next ^= (m[i - k] ?? 0) << k
    }
    m.push(next)
  }
  return m.map((value, i) => (value << (BITS - 1 - i)) >>> 0)
}

/** How many dimensions the sequence is known for; further ones are drawn at random. */
export const SOBOL_DIMENSIONS = DIRECTIONS.length + 1
const TABLE = Array.from({ length: SOBOL_DIMENSIONS }, (_, d) => directionsOf(d))

/**
 * Point number `index` of Sobol's sequence over the unit cube, each dimension shifted bit by bit with a word
 * of the seed, so that seeds differ and no point lies on the cube's faces.
 */
export function sobolPoint(dimensions: number, seed: number, index: number): UnitPoint {
  const drawn = randomPoint(dimensions, seed, index)
  const gray = (index ^ (index >>> 1)) >>> 0
  return drawn.map((otherwise, d) => {
    const directions = TABLE[d]
    if (directions === undefined) return otherwise
    let bits = word(seed, STREAM + d, 0)
    for (let i = 0; i < BITS; i++) if ((gray >>> i) & 1) bits ^= directions[i] ?? 0
    return ((bits >>> 0) + 0.5) / 2 ** BITS
  })
}

/** Random enough to meet every value, even enough to leave no hole. */
export const proposeSobol: Propose = ({ space, seed, history }) =>
  sobolPoint(pathsOf(space).length, seed, history.length)
