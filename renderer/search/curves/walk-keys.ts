/** What the keys on the focused plot do. Those that answer say whether there was anything to do. */
export interface WalkMoves {
  /** Walks so many places down the ranking; up where negative. */
  readonly by: (places: number) => void
  readonly toEnd: (end: 'best' | 'worst') => void
  readonly choose: () => boolean
  readonly leave: () => boolean
}

/** The keys, as the description of the plot tells them. */
export const PLOT_KEYS =
  'Down and up arrows walk from trial to trial, from the best to the worst, with Shift by ten. Home goes ' +
  'to the best, End to the worst. Enter selects a trial, Escape lets go of it.'

/** Handles a key on the plot. Keys with Ctrl, Alt or Meta are the browser's. */
export function walkKey(event: KeyboardEvent, moves: WalkMoves): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.target !== event.currentTarget) return
  const far = event.shiftKey ? 10 : 1
  const keys: { readonly [key: string]: () => boolean | undefined } = {
    ArrowDown: () => void moves.by(far),
    ArrowUp: () => void moves.by(-far),
    Home: () => void moves.toEnd('best'),
    End: () => void moves.toEnd('worst'),
    Enter: moves.choose,
    ' ': moves.choose,
    Escape: moves.leave,
  }
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
  // What had nothing to do is left to the page.
  if (act === undefined || act() === false) return
  event.preventDefault()
  event.stopPropagation()
}
