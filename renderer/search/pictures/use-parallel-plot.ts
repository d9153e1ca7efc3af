import { computed, watch } from 'vue'
import type { Ref } from 'vue'
import { useElementSize } from '@vueuse/core'
import { usePalette } from '../../chart/palette.ts'
import { useCanvas } from '../../chart/use-canvas.ts'
import { passes } from './brush.ts'
import type { Brushes } from './brush.ts'
import { paintFaint, paintLines, paintOne } from './paint-parallel.ts'
import { paintBrushes, paintParallelAxes } from './paint-parallel-axes.ts'
import { parallelFrame } from './parallel-frame.ts'
import type { ParallelLine, ParallelModel } from './parallel-model.ts'
import { rampOf } from './value-ramp.ts'

type Canvas = Readonly<Ref<HTMLCanvasElement | null>>

interface Sources {
  readonly model: Readonly<Ref<ParallelModel>>
  readonly brushes: Readonly<Ref<Brushes>>
  /** Trials that stand out. */
  readonly best: () => number | null
  readonly selected: () => number | null
  readonly hovered: () => number | null
  readonly plot: Readonly<Ref<HTMLElement | null>>
  /** All lines; painted anew only where the trials change. */
  readonly faint: Canvas
  /** Those that pass the brushes. */
  readonly kept: Canvas
  /** What stands out, the axes and the brushes. */
  readonly front: Canvas
}

/** Draws lines and axes on three canvases, and answers which lines pass the brushes. */
export function useParallelPlot(sources: Sources) {
  const { model, brushes, best, selected, hovered, plot } = sources
  const { width, height } = useElementSize(plot)
  const frame = computed(() => parallelFrame(width.value, height.value, model.value.axes.length))
  const isBrushed = computed(() => model.value.axes.some(({ key }) => brushes.value.has(key)))
  /** The lines that pass all brushes, from back to front. */
  const shown = computed(() =>
    isBrushed.value
      ? model.value.lines.filter(({ places }) => passes(places, model.value.axes, brushes.value))
      : model.value.lines,
  )
  const byTrial = computed(() => new Map(model.value.lines.map((line) => [line.trial, line])))
  const lineOf = (trial: number | null): ParallelLine | undefined =>
    trial === null ? undefined : byTrial.value.get(trial)

  const palette = usePalette()
  const ramp = computed(() => (palette.value === null ? null : rampOf(palette.value)))
  const redrawFaint = useCanvas(sources.faint, (ctx) => {
    if (palette.value !== null) paintFaint(ctx, frame.value, model.value.lines, palette.value)
  })
  const redrawKept = useCanvas(sources.kept, (ctx) => {
    if (palette.value === null || ramp.value === null) return
    const colors = { ramp: ramp.value, bad: palette.value.bad }
    paintLines(ctx, frame.value, shown.value, colors)
  })
  const redrawFront = useCanvas(sources.front, (ctx) => {
    const colors = palette.value
    if (colors === null) return
    const { ground, accent, ink } = colors
    const [first, chosen, here] = [lineOf(best()), lineOf(selected()), lineOf(hovered())]
    const paint = (line: ParallelLine | undefined, color: string, thick: number) => {
      if (line === undefined) return
      // What stands out says so even where a brush leaves it out, but quietly.
      const alpha = line === here || shown.value.includes(line) ? 1 : 0.3
      paintOne(ctx, frame.value, line, { color, width: thick, alpha, ground })
    }
    paint(chosen, ink, chosen === first ? 6 : 2.5)
    if (here !== chosen) paint(here, ink, here === first ? 5 : 1.75)
    paint(first, accent, 3)
    paintParallelAxes(ctx, frame.value, model.value.axes, brushes.value, colors)
    paintBrushes(ctx, frame.value, model.value.axes, brushes.value, colors)
  })
  watch([model, palette, frame], () => redrawFaint(true))
  watch([shown, palette, frame], () => redrawKept(true))
  watch([model, brushes, palette, frame, best, selected, hovered], () => redrawFront(true))

  return { frame, shown, isBrushed, lineOf }
}
