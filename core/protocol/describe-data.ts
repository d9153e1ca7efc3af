import { z } from 'zod'

/** The `data` part of a config as far as it is known; a CSV file's label may still be missing. */
export const describeRequest = z.strictObject({
  data: z.union([
    z.strictObject({ sample: z.enum(['digits', 'sonnets']) }),
    z.strictObject({ csv: z.string().min(1).max(4096), label: z.string().min(1).optional() }),
    z.strictObject({
      idx: z.strictObject({
        images: z.string().min(1).max(4096),
        labels: z.string().min(1).max(4096),
      }),
    }),
    z.strictObject({ text: z.string().min(1).max(4096) }),
  ]),
  base: z.string().max(4096).optional(),
})
export type DescribeRequest = z.output<typeof describeRequest>

/** One column of a table, as a person would want to know it before choosing what to predict. */
export interface ColumnDescription {
  readonly name: string
  readonly kind: 'numbers' | 'words'
  /** Different values; counted up to 1001. */
  readonly distinct: number
  readonly blank: number
  /** Null where there are no numbers. */
  readonly least: number | null
  readonly greatest: number | null
}

/** What is in the data of a run that is not made yet. Reading it changes nothing. */
export interface DataDescription {
  readonly kind: 'table' | 'images' | 'text'
  /** Rows, pictures, or characters of a text. */
  readonly examples: number
  /** Of one example: [height, width], [columns without the label], or [] of a text. */
  readonly featureShape: readonly number[]
  /** Different characters of a text; else null. */
  readonly vocabulary: number | null
  readonly columns: readonly ColumnDescription[] | null
  /** The first rows of a table, as written. */
  readonly rows: readonly (readonly string[])[] | null
  /** The column asked for, else the likeliest: null where a table has none that could be predicted. */
  readonly label: string | null
  /** What predicting means here: one of some classes, or a number. Null for a text. */
  readonly task: 'classes' | 'number' | null
  readonly classNames: readonly string[] | null
  /** Some pictures with their labels; null unless pictures. Pixels 0 to 1. */
  readonly pictures: readonly { readonly pixels: Float32Array; readonly label: string }[] | null
}
