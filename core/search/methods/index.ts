import { proposeBayesian } from './bayesian.ts'
import { proposeCoarseToFine } from './coarse-to-fine.ts'
import { proposeGrid } from './grid.ts'
import type { MethodName } from '../../protocol/space.ts'
import type { Propose } from './method.ts'
import { proposeRandom } from './random.ts'
import { proposeSobol } from './sobol.ts'

/** Every way to choose trials, behind one interface. */
export const METHODS: { readonly [K in MethodName]: Propose } = {
  grid: proposeGrid,
  random: proposeRandom,
  sobol: proposeSobol,
  coarse_to_fine: proposeCoarseToFine(),
  bayesian: proposeBayesian,
  // Its first members; what becomes of them is decided where trials are compared.
  population: proposeSobol,
}
