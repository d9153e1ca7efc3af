/** What the keys on the focused plot do. */
export interface PlotMoves {
  /** Moves the crosshair by so many points. */
  readonly move: (points: number) => void
  readonly toEnd: (end: 'first' | 'last') => void
  readonly zoomBy: (by: number) => void
  readonly reset: () => void
  readonly note: () => void
  /** True if there was a crosshair to take away. */
  readonly leave: () => boolean
}

/** The keys, as the description of the plot tells them. */
export const PLOT_KEYS =
  'Left and right arrows move the crosshair, with Shift by ten. Plus and minus zoom, 0 shows all, ' +
  'Home and End go to the first and the newest point in view, N writes a note there.'

/** Handles a key on the plot. Keys with Ctrl, Alt or Meta are the browser's. */
export function plotKey(event: KeyboardEvent, moves: PlotMoves): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.target !== event.currentTarget) return
  const far = event.shiftKey ? 10 : 1
  const keys: { readonly [key: string]: () => unknown } = {
    ArrowLeft: () => moves.move(-far),
    ArrowRight: () => moves.move(far),
    Home: () => moves.toEnd('first'),
    End: () => moves.toEnd('last'),
    '+': () => moves.zoomBy(0.5),
    '=': () => moves.zoomBy(0.5),
    '-': () => moves.zoomBy(2),
    '0': moves.reset,
    n: moves.note,
    N: moves.note,
  }
  const act = event.key === 'Escape' ? undefined : keys[event.key]
  if (event.key === 'Escape' ? !moves.leave() : act === undefined) return
  event.preventDefault()
  event.stopPropagation()
  act?.()
}
