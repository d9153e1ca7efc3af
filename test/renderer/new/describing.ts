import type { DataDescription } from '../../../core/protocol/describe-data.ts'

/** Data of every kind, as a host would describe it. */

const NOTHING = {
  vocabulary: null,
  columns: null,
  rows: null,
  label: null,
  task: null,
  classNames: null,
  pictures: null,
} as const

const column = (name: string, more: object = {}) => ({
  name,
  kind: 'numbers' as const,
  distinct: 100,
  blank: 0,
  least: 0,
  greatest: 1,
  ...more,
})

/** A table of `features` columns that are numbers and one more, called `kind`. */
export const tableOf = (
  features: number,
  classes: number | null,
  examples = 200,
): DataDescription => ({
  ...NOTHING,
  kind: 'table',
  examples,
  featureShape: [features],
  columns: [
    ...Array.from({ length: features }, (_, i) => column(`x${i + 1}`)),
    column('kind', { distinct: classes ?? examples }),
  ],
  rows: [Array.from({ length: features + 1 }, (_, i) => `${i}`)],
  label: 'kind',
  task: classes === null ? 'number' : 'classes',
  classNames: classes === null ? null : Array.from({ length: classes }, (_, i) => `${i}`),
})

export const picturesOf = (
  height: number,
  width: number,
  classes: number,
  examples = 1000,
): DataDescription => ({
  ...NOTHING,
  kind: 'images',
  examples,
  featureShape: [height, width],
  task: 'classes',
  classNames: Array.from({ length: classes }, (_, i) => `${i}`),
  pictures: [
    { pixels: new Float32Array(height * width).fill(0.5), label: '0' },
    { pixels: new Float32Array(height * width), label: '1' },
  ],
})

export const textOf = (vocabulary: number, examples = 94_000): DataDescription => ({
  ...NOTHING,
  kind: 'text',
  examples,
  featureShape: [],
  vocabulary,
})
