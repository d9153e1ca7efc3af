import type {
  ClassEvaluation,
  EvaluationReply,
  Examined,
  Mistake,
} from '../../core/protocol/examine.ts'
import { formatAccuracy, formatCost, plural } from './numbers.ts'
import { formatName, formatPairs, formatTable } from './table.ts'

/** A wider table wraps in most terminals, and nobody reads it. */
const MOST_CLASSES_IN_TABLE = 20

const SETS: { readonly [S in EvaluationReply['on']]: string } = {
  dev: 'the dev set',
  train: 'the training set',
  files: 'the files given',
}

/** Which state of a run was looked at, as the end of a sentence. */
export const formatExamined = ({ branch, step, checkpoint }: Examined): string =>
  `${checkpoint === null ? '' : `${checkpoint}, `}step ${step} of ${branch}`

const formatClasses = (perClass: readonly ClassEvaluation[]): string =>
  formatTable(
    [
      { title: 'class', text: (row) => formatName(row.class) },
      { title: 'precision', align: 'right', text: ({ precision }) => formatAccuracy(precision) },
      { title: 'recall', align: 'right', text: ({ recall }) => formatAccuracy(recall) },
      { title: 'examples', align: 'right', text: ({ count }) => String(count) },
    ],
    perClass,
  )

const formatConfusion = (
  names: readonly string[],
  confusion: readonly (readonly number[])[],
): string =>
  formatTable(
    [
      { title: 'actual \\ predicted', text: ([name]) => formatName(name) },
      ...names.map((name, index) => ({
        title: formatName(name),
        align: 'right' as const,
        text: ([, counts]: readonly [string, readonly number[]]) => String(counts[index] ?? 0),
      })),
    ],
    confusion.map((counts, index) => [names[index] ?? String(index), counts] as const),
  )

const formatMistakes = (mistakes: readonly Mistake[]): string =>
  formatTable(
    [
      { title: 'example', align: 'right', text: ({ index }) => String(index) },
      { title: 'actual', text: ({ actual }) => formatName(actual) },
      { title: 'predicted', text: ({ predicted }) => formatName(predicted) },
      { title: 'probability', align: 'right', text: (row) => formatAccuracy(row.probability) },
      { title: 'cost', align: 'right', text: ({ cost }) => formatCost(cost) },
    ],
    mistakes,
  )

/** How good a network is, for a person: one paragraph per kind of number, those that there are. */
export function formatEvaluation(reply: EvaluationReply): string {
  const { examples, cost, dataCost, accuracy, error, rmse, mae, classNames, confusion } = reply
  const rows: readonly (readonly [string, string | null])[] = [
    ['on', `${SETS[reply.on]}, ${plural(examples, 'example')}`],
    ['at', formatExamined(reply)],
    ['cost', formatCost(cost)],
    ['data cost', formatCost(dataCost)],
    ['accuracy', accuracy === null ? null : formatAccuracy(accuracy)],
    ['error', error === null ? null : formatAccuracy(error)],
    ['rmse', rmse === null ? null : formatCost(rmse)],
    ['mae', mae === null ? null : formatCost(mae)],
  ]
  const isTabled =
    classNames !== null && confusion !== null && classNames.length <= MOST_CLASSES_IN_TABLE
  return [
    formatPairs(rows.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]))),
    ...(isTabled ? [formatConfusion(classNames, confusion)] : []),
    ...(reply.mistakes === null || reply.mistakes.length === 0
      ? []
      : [formatMistakes(reply.mistakes)]),
    ...(reply.perClass === null ? [] : [formatClasses(reply.perClass)]),
    ...(confusion !== null && !isTabled
      ? [`The confusion matrix of ${classNames?.length ?? 0} classes comes with --json.`]
      : []),
  ].join('\n\n')
}
