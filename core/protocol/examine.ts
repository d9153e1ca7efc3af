import { z } from 'zod'
import type { BranchId, CheckpointId } from './run.ts'

/**
 * Questions about a run that leave it alone: how good it is, what it predicts, whether it is worth
 * starting; and what of it goes out into a file. They are answered beside the training, on a copy of its
 * parameters.
 */

const file = z.string().min(1).max(4096)
/** A day of the lineage (`2`), of another branch (`b1:2`) or a checkpoint (`c17`). Absent: as it is now. */
const checkpoint = z.string().min(1).max(40).optional()
/** The folder that paths are relative to. */
const base = z.string().max(4096).optional()

const labelledFiles = z.union([
  z.strictObject({
    csv: file,
    label: z.string().min(1).optional().describe('Default: the label column of the run.'),
  }),
  z.strictObject({ images: file, labels: file }),
  z.strictObject({ text: file }),
])

export const evaluateOptions = z.strictObject({
  on: z.enum(['dev', 'train']).optional().describe('Default: dev. Not together with data.'),
  checkpoint,
  data: labelledFiles.optional(),
  mistakes: z
    .int()
    .min(0)
    .max(500)
    .optional()
    .describe('How many of the examples that cost most to answer with. Default: none.'),
  base,
})
export type EvaluateOptions = z.output<typeof evaluateOptions>

/** Which state of a run an answer is about. */
export interface Examined {
  readonly branch: BranchId
  readonly step: number
  /** Null: the state that training was in when it was asked. */
  readonly checkpoint: CheckpointId | null
}

export interface ClassEvaluation {
  readonly class: string
  /** Of those taken for this class, the share that is; null if none was. */
  readonly precision: number | null
  /** Of those in this class, the share that was found; null if there are none. */
  readonly recall: number | null
  /** How many there are of it. */
  readonly count: number
}

/** How good a network is on labelled examples, in inference mode. */
export interface EvaluationReply extends Examined {
  readonly on: 'dev' | 'train' | 'files'
  readonly examples: number
  /** J, with λ/2‖W‖² of the λ then in force. */
  readonly cost: number
  readonly dataCost: number
  /** Of a text: the share of next characters that is right. Null for regressions, as is what follows. */
  readonly accuracy: number | null
  /** 1 − accuracy. */
  readonly error: number | null
  readonly classNames: readonly string[] | null
  /** Counts, [actual class][predicted class]; null too where there are more than 1000 classes. */
  readonly confusion: readonly (readonly number[])[] | null
  readonly perClass: readonly ClassEvaluation[] | null
  /** Root of the mean squared error, in the targets' own unit; null unless a regression. */
  readonly rmse: number | null
  /** Mean absolute error; null unless a regression. */
  readonly mae: number | null
  /** The examples that cost most, worst first; of classes, only those taken for another. Null for texts. */
  readonly mistakes: readonly Mistake[] | null
}

/** An example that the network gets wrong. */
export interface Mistake {
  /** Its place in the set that was evaluated. */
  readonly index: number
  readonly actual: string
  readonly predicted: string
  /** What the network gave its own answer; null for regressions. */
  readonly probability: number | null
  readonly cost: number
  /** The values as they stand in the data, before normalisation; pixels 0 to 1. */
  readonly features: Float32Array
}

/** What one example of a run looks like, for who wants to make one. */
export interface RunInputs {
  readonly kind: 'image' | 'table' | 'text'
  /** [height, width] or [channels, height, width] of an image; [columns] of a table; [places] of a text. */
  readonly shape: readonly number[]
  /** Of a table. */
  readonly featureNames: readonly string[] | null
  readonly classNames: readonly string[] | null
  /** What a number that is predicted is called; null for classes. */
  readonly targetName: string | null
  /** A few examples of the dev set, as they stand in the data. */
  readonly examples: readonly { readonly features: Float32Array; readonly label: string }[]
}

export const predictRequest = z.strictObject({
  data: z.union([
    /** One example per line, a header first; the run's label column may stand in it and is not read. */
    z.strictObject({ csv: file }),
    z.strictObject({ images: file }),
    /** Raw values, as they would stand in a CSV file; pixels 0 to 1. */
    z.strictObject({ rows: z.array(z.array(z.number())).min(1) }),
    /** Goes on with `text`, drawing each next character. */
    z.strictObject({
      text: z.string().max(1_000_000),
      length: z.int().min(1).max(100_000).default(200),
      temperature: z
        .number()
        .min(0)
        .max(100)
        .default(1)
        .describe('0 takes the likeliest each time; above 1 is more adventurous than the network.'),
      seed: z.int().nonnegative().max(0xffff_ffff).default(1),
    }),
  ]),
  base,
  checkpoint,
})
export type PredictRequest = z.output<typeof predictRequest>

export interface ClassPrediction {
  readonly class: string
  readonly probability: number
  /** One per class, in the order of `classNames`. */
  readonly probabilities: readonly number[]
}

/** What a network answers, example by example, or how it goes on with a text. */
export type PredictionReply = Examined &
  (
    | {
        readonly kind: 'classes'
        readonly classNames: readonly string[]
        readonly predictions: readonly ClassPrediction[]
      }
    | {
        readonly kind: 'values'
        readonly predictions: readonly { readonly values: readonly number[] }[]
      }
    /** What follows the text that was given. */
    | { readonly kind: 'text'; readonly text: string }
  )

/** A config as a person wrote it, or a run there is: its config and its data, from the first step. */
export const preflightRequest = z.union([
  z.strictObject({ config: z.unknown(), base }),
  z.strictObject({ run: file }),
])
export type PreflightRequest = z.output<typeof preflightRequest>

export const PREFLIGHT_CHECKS = ['initial-cost', 'overfit-20', 'l2-raises-cost'] as const
export type PreflightCheckName = (typeof PREFLIGHT_CHECKS)[number]

export interface PreflightCheck {
  readonly name: PreflightCheckName
  readonly verdict: 'pass' | 'warn' | 'fail'
  readonly measured: number
  readonly expected: number
  /** What was compared with what, in a sentence. */
  readonly meaning: string
  /** What to do about it; null if it passed. */
  readonly remedy: string | null
}

/** What is known of a long run before it is started. */
export interface PreflightReply {
  readonly checks: readonly PreflightCheck[]
  readonly parameters: number
  /** An estimate of what training takes at the config's mini-batch size. */
  readonly memoryBytes: number
  /** Median time of a training step at the config's mini-batch size. */
  readonly stepMs: number
  readonly threads: number
}

/** What a pre-flight does at the moment; checks are told as they are done. */
export type PreflightProgress =
  | { readonly type: 'doing'; readonly what: string }
  | { readonly type: 'checked'; readonly check: PreflightCheck }

export const exportRequest = z.strictObject({
  format: z.enum(['onnx', 'safetensors']),
  file,
  base,
  checkpoint,
  overwrite: z.boolean().default(false),
})
export type ExportRequest = z.output<typeof exportRequest>

export interface ExportReply extends Examined {
  /** Where it was written, as an absolute path. */
  readonly file: string
  readonly bytes: number
}
