import type { RunEvent, RunSnapshot, TrainAmount } from '../../core/protocol/run.ts'
import type { Shell } from '../command.ts'
import { toJson } from '../output/json.ts'
import {
  formatAccuracy,
  formatCost,
  formatDuration,
  formatEpoch,
  formatRate,
} from '../output/numbers.ts'
import { MetricsAggregator } from './aggregate.ts'
import { eventLine, eventText } from './event-lines.ts'
import { goalOf, remainingMs } from './goal.ts'

/** What `train` says while it trains. */
export interface Reporter {
  event(event: RunEvent): void
  /** Says what is held back and leaves the terminal on a fresh line. */
  end(): void
}

const JSON_INTERVAL_MS = 100 // ten lines a second at most: an interface scripts rely on

/** One JSON line per event; costs joined. */
export function jsonReporter(shell: Shell): Reporter {
  const aggregator = new MetricsAggregator(shell.environment.now, JSON_INTERVAL_MS)
  const print = (lines: readonly object[]): void => {
    for (const line of lines) shell.print(toJson(line))
  }
  return {
    event: (event) => print(event.type === 'metrics' ? aggregator.add(event) : [eventLine(event)]),
    end: () => print(aggregator.flush()),
  }
}

const TERMINAL_INTERVAL_MS = 100
const LOG_INTERVAL_MS = 5000 // calm enough for a log that grows for a week
const ERASE_LINE = '\r\u001b[K'

/** One line, rewritten, in a terminal; a line now and then elsewhere. */
export function progressReporter(
  shell: Shell,
  snapshot: RunSnapshot,
  amount: TrainAmount,
): Reporter {
  const { stdout, isTty, columns, now } = shell.environment
  const goal = goalOf(snapshot, amount, now())
  const aggregator = new MetricsAggregator(now, isTty ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS)
  let { devCost, devAccuracy } = snapshot
  let batchSize = snapshot.readings.batch_size?.inForce ?? 1
  let progress = ''

  const progressOf = (line: ReturnType<MetricsAggregator['flush']>[number]): string => {
    const place = { ...line, batchSize, trainExamples: snapshot.facts.trainExamples }
    const leftMs = remainingMs(goal, place, now())
    const accuracy = devAccuracy === null ? '' : ` (${formatAccuracy(devAccuracy)})`
    return [
      `step ${line.step}`,
      `epoch ${formatEpoch(line.epoch)}`,
      `day ${line.day}`,
      `cost ${formatCost(line.mean)}`,
      ...(devCost === null ? [] : [`dev ${formatCost(devCost)}${accuracy}`]),
      formatRate(line.stepsPerSecond),
      ...(leftMs === null ? [] : [`ETA ${formatDuration(leftMs)}`]),
    ].join('  ')
  }
  const draw = (lines: ReturnType<MetricsAggregator['flush']>): void => {
    for (const line of lines) {
      progress = progressOf(line)
      // A line wider than the terminal would wrap, and rewriting it would leave its halves behind.
      if (isTty) stdout.write(`${ERASE_LINE}${progress.slice(0, columns() - 1)}`)
      else shell.print(progress)
    }
  }
  const say = (text: string): void => {
    if (!isTty) return shell.print(text)
    stdout.write(`${ERASE_LINE}${text}\n${progress.slice(0, columns() - 1)}`)
  }
  return {
    event(event) {
      if (event.type === 'metrics') {
        batchSize = event.readings.batch_size?.inForce ?? batchSize
        return draw(aggregator.add(event))
      }
      if (event.type === 'evaluated') ({ devCost, devAccuracy } = event)
      const text = eventText(event)
      if (text !== null) say(text)
    },
    end() {
      draw(aggregator.flush())
      if (isTty && progress !== '') stdout.write('\n')
    },
  }
}
