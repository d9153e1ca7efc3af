export { countOf, stretchOf, summarise, thin, thinStretches } from './thin.ts'
export type { Stretch, ThinnedSeries } from './thin.ts'
