import type { Browser, Page } from '@playwright/test'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** In µs. */
  readonly ts: number
  readonly dur?: number
  /** What the thread computed of it: waiting for the compositor's raster is no work. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** What frames cost while something was done with the page. */
export interface FrameCosts {
  /** What the main thread computed from one frame's begin to the next one's, in ms. */
  readonly work: readonly number[]
  /** The same by the clock: with its waits for the software raster. */
  readonly elapsed: readonly number[]
  readonly framesPerSecond: number
}

/** As few as will do: every traced event costs the thread that is measured. */
const CATEGORIES = [
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
]

/** Runs `act` under Chromium's tracing and sums up what the page's main thread did in each frame. */
export async function traceFrames(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<FrameCosts> {
  await browser.startTracing(page, { categories: CATEGORIES })
  await act()
  const trace = await browser.stopTracing()
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }
  return frameCostsOf(traceEvents)
}

function frameCostsOf(events: readonly TraceEvent[]): FrameCosts {
  const mains = events.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const begins = events.filter(({ name }) => name === 'BeginMainThreadFrame')
  // The page that drew most is ours; others are Chromium's own.
  const main = mains.toSorted((a, b) => countOf(begins, b) - countOf(begins, a))[0]
  if (main === undefined) throw new Error('the trace names no main thread')
  const isMain = (event: TraceEvent) => event.pid === main.pid && event.tid === main.tid
  const starts = begins.filter(isMain).map(({ ts }) => ts)
  starts.sort((a, b) => a - b)
  const tasks = events
    .filter((event) => isMain(event) && event.name === 'RunTask' && event.ph === 'X')
    .toSorted((a, b) => a.ts - b.ts)
  const work: number[] = []
  const elapsed: number[] = []
  let task = 0
  for (let i = 0; i + 1 < starts.length; i++) {
    const [from, to] = [starts[i] ?? 0, starts[i + 1] ?? 0]
    let spent = 0
    let computed = 0
    while (task < tasks.length && (tasks[task]?.ts ?? 0) + (tasks[task]?.dur ?? 0) <= from) task++
    for (let at = task; at < tasks.length && (tasks[at]?.ts ?? 0) < to; at++) {
      const begin = tasks[at]?.ts ?? 0
      const end = begin + (tasks[at]?.dur ?? 0)
      const within = Math.max(0, Math.min(end, to) - Math.max(begin, from))
      const { dur = 0, tdur = dur } = tasks[at] ?? {}
      spent += within
      if (dur > 0) computed += (within * tdur) / dur
    }
    work.push(computed / 1000)
    elapsed.push(spent / 1000)
  }
  const seconds = ((starts.at(-1) ?? 0) - (starts[0] ?? 0)) / 1e6
  return { work, elapsed, framesPerSecond: (starts.length - 1) / seconds }
}

const countOf = (events: readonly TraceEvent[], { pid, tid }: TraceEvent) =>
  events.filter((event) => event.pid === pid && event.tid === tid).length
