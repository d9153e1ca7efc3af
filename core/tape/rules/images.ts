import { CONV_RULES } from './conv.ts'
import { POOL_RULES } from './pool.ts'

/** Convolution and pooling. Images stand channels first: [examples, channels, height, width]. */
export const IMAGE_RULES = { ...CONV_RULES, ...POOL_RULES }
