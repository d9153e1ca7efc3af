import type { PredictionReply } from '../../core/protocol/examine.ts'
import { assertNever } from '../../core/errors.ts'
import { formatAccuracy, formatCost } from './numbers.ts'
import { formatName, formatTable } from './table.ts'

/** What a network answers, for a person: a line per example, or the text as it goes on. */
export function formatPrediction(reply: PredictionReply): string {
  const number = { title: 'example', align: 'right' as const }
  switch (reply.kind) {
    case 'classes':
      return formatTable(
        [
          { ...number, text: ([index]) => String(index + 1) },
          { title: 'class', text: ([, prediction]) => formatName(prediction.class) },
          {
            title: 'probability',
            align: 'right',
            text: ([, { probability }]) => formatAccuracy(probability),
          },
        ],
        [...reply.predictions.entries()],
      )
    case 'values':
      return formatTable(
        [
          { ...number, text: ([index]) => String(index + 1) },
          { title: 'value', text: ([, { values }]) => values.map(formatCost).join(' ') },
        ],
        [...reply.predictions.entries()],
      )
    case 'text':
      return reply.text
    default:
      return assertNever(reply)
  }
}
