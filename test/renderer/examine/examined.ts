import type { EvaluationReply, PredictionReply, RunInputs } from '../../../core/protocol/examine.ts'

/** What a host would answer about a small run: of three classes and pictures of 4 by 4, unless said otherwise. */

export const CLASSES = ['cat', 'dog', 'owl'] as const

const pixels = (value: number) => new Float32Array(16).fill(value)

const mistake = (index: number, actual: string, predicted: string) => ({
  index,
  actual,
  predicted,
  probability: 0.9,
  cost: 5 - index / 100,
  features: pixels(index / 100),
})

export const evaluation = (more: Partial<EvaluationReply> = {}): EvaluationReply => ({
  branch: 'b1',
  step: 250,
  checkpoint: null,
  on: 'dev',
  examples: 120,
  cost: 0.36,
  dataCost: 0.32,
  accuracy: 0.75,
  error: 0.25,
  classNames: CLASSES,
  confusion: [
    [30, 10, 0],
    [8, 30, 2],
    [0, 10, 30],
  ],
  perClass: [
    { class: 'cat', precision: 0.79, recall: 0.75, count: 40 },
    { class: 'dog', precision: 0.6, recall: 0.7, count: 40 },
    { class: 'owl', precision: 0.94, recall: 0.8, count: 40 },
  ],
  rmse: null,
  mae: null,
  mistakes: [
    ...Array.from({ length: 10 }, (_, i) => mistake(i, 'cat', 'dog')),
    ...Array.from({ length: 8 }, (_, i) => mistake(10 + i, 'dog', 'cat')),
    ...Array.from({ length: 10 }, (_, i) => mistake(18 + i, 'owl', 'dog')),
  ],
  ...more,
})

export const pictures: RunInputs = {
  kind: 'image',
  shape: [4, 4],
  featureNames: null,
  classNames: CLASSES,
  targetName: null,
  examples: [
    { features: pixels(0.25), label: 'cat' },
    { features: pixels(0.5), label: 'owl' },
  ],
}

export const table: RunInputs = {
  kind: 'table',
  shape: [2],
  featureNames: ['width', 'height'],
  classNames: null,
  targetName: 'price',
  examples: [{ features: Float32Array.of(1.5, -2), label: '10' }],
}

export const text: RunInputs = {
  ...table,
  kind: 'text',
  shape: [64],
  featureNames: null,
  examples: [],
}

const STATE = { branch: 'b1', step: 250, checkpoint: null } as const

export const classAnswer = (name: string): PredictionReply => ({
  ...STATE,
  kind: 'classes',
  classNames: CLASSES,
  predictions: [
    {
      class: name,
      probability: 0.8,
      probabilities: CLASSES.map((one) => (one === name ? 0.8 : 0.1)),
    },
  ],
})

export const numberAnswer = (value: number): PredictionReply => ({
  ...STATE,
  kind: 'values',
  predictions: [{ values: [value] }],
})

export const textAnswer = (written: string): PredictionReply => ({
  ...STATE,
  kind: 'text',
  text: written,
})
