export { thin } from './thin.ts'
export type { ThinnedSeries } from './thin.ts'
