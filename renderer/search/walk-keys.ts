/** How keys walk a picture of trials: down their ranking, or along an axis. */
export type WalkWay = 'ranking' | 'axis'

/** What the keys on a focused picture do. Those that answer say whether there was anything to do. */
export interface WalkMoves {
  /** Walks so many places on; back where negative. */
  readonly by: (places: number) => void
  readonly toEnd: (end: 'first' | 'last') => void
  readonly choose: () => boolean
  readonly leave: () => boolean
}

const ARROWS: { readonly [W in WalkWay]: { readonly on: string; readonly back: string } } = {
  ranking: { on: 'ArrowDown', back: 'ArrowUp' },
  axis: { on: 'ArrowRight', back: 'ArrowLeft' },
}

const LAST_WORDS = 'Enter selects a trial, Escape lets go of it.'

/** The keys, as the description of the picture tells them. */
export const WALK_WORDS: { readonly [W in WalkWay]: string } = {
  ranking:
    'Down and up arrows walk from trial to trial, from the best to the worst, with Shift by ten. ' +
    `Home goes to the best, End to the worst. ${LAST_WORDS}`,
  axis:
    'Left and right arrows walk from trial to trial, with Shift by ten. ' +
    `Home goes to the leftmost, End to the rightmost. ${LAST_WORDS}`,
}

/** Handles a key on a picture. Keys with Ctrl, Alt or Meta are the browser's, those in it what has the focus there. */
export function walkKey(event: KeyboardEvent, way: WalkWay, moves: WalkMoves): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.target !== event.currentTarget) return
  const far = event.shiftKey ? 10 : 1
  const { on, back } = ARROWS[way]
  const keys: { readonly [key: string]: () => boolean | undefined } = {
    [on]: () => void moves.by(far),
    [back]: () => void moves.by(-far),
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
