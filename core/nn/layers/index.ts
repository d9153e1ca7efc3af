import type { Layer } from '../../protocol/network.ts'
import { ACTIVATION, DENSE, DROPOUT, FLATTEN } from './dense.ts'
import { AVERAGE_POOL, CONV, DEPTHWISE_CONV, GLOBAL_AVERAGE_POOL, MAX_POOL } from './images.ts'
import type { LayerRules, LayerTable } from './layer.ts'
import { LAYER_NORM } from './norm.ts'
import { RESIDUAL } from './residual.ts'
import { ATTENTION, EMBEDDING } from './sequence.ts'

/** Every type of layer. A new one in the config fails the build until it has its row. */
const LAYERS: LayerTable = {
  dense: DENSE,
  conv: CONV,
  depthwise_conv: DEPTHWISE_CONV,
  max_pool: MAX_POOL,
  average_pool: AVERAGE_POOL,
  global_average_pool: GLOBAL_AVERAGE_POOL,
  flatten: FLATTEN,
  activation: ACTIVATION,
  layer_norm: LAYER_NORM,
  dropout: DROPOUT,
  embedding: EMBEDDING,
  attention: ATTENTION,
  residual: RESIDUAL,
}

/** The row of a layer, with its type forgotten, as where layers of any type are walked. */
export const rulesOf = ({ type }: Layer): LayerRules<Layer> => LAYERS[type] as LayerRules<Layer>
