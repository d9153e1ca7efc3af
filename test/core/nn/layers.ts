/** Layers as a config says them. */
export const dense = (units: number, more: object = {}): object => ({
  type: 'dense',
  units,
  ...more,
})
export const conv = (filters: number, kernel: number | number[], more: object = {}): object => ({
  type: 'conv',
  filters,
  kernel,
  ...more,
})
export const residual = (
  layers: readonly object[],
  shortcut: readonly object[] = [],
  more: object = {},
): object => ({ type: 'residual', layers, shortcut, ...more })

export const FLATTEN = { type: 'flatten' }
export const EMBEDDING = { type: 'embedding', units: 4, positions: true }
export const ATTENTION = { type: 'attention', heads: 2, causal: true }
