/** What the keys on a focused picture do. Those that answer say whether there was anything to do. */
export interface ScatterMoves {
  /** So many points to the right; to the left where negative. */
  readonly by: (places: number) => void
  readonly toEnd: (end: 'first' | 'last') => void
  readonly choose: () => boolean
  readonly leave: () => boolean
}

/** The keys, as the description of the picture tells them. */
export const SCATTER_KEYS =
  'Left and right arrows walk from trial to trial, with Shift by ten. Home goes to the leftmost, End to the ' +
  'rightmost. Enter selects a trial, Escape lets go of it.'

/** Handles a key on a picture. Keys with Ctrl, Alt or Meta are the browser's. */
export function scatterKey(event: KeyboardEvent, moves: ScatterMoves): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const far = event.shiftKey ? 10 : 1
  const keys: { readonly [key: string]: () => boolean | undefined } = {
    ArrowRight: () => void moves.by(far),
    ArrowLeft: () => void moves.by(-far),
    Home: () => void moves.toEnd('first'),
    End: () => void moves.toEnd('last'),
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
