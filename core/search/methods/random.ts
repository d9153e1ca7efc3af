import { uniform } from '../../random/index.ts'
import { pathsOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import type { Propose } from './method.ts'

/** The stream of a study's seed that draws points. */
const STREAM = 100

/** Point number `index` of an endless random sequence over the unit cube. */
export const randomPoint = (dimensions: number, seed: number, index: number): UnitPoint =>
  Array.from({ length: dimensions }, (_, d) => uniform(seed, STREAM + d, index))

/**
 * Every trial tries a new value of every dimension, which a grid does not; so it finds the dimension that
 * matters (Bergstra and Bengio 2012).
 */
export const proposeRandom: Propose = ({ space, seed, history }) =>
  randomPoint(pathsOf(space).length, seed, history.length)
