interface Shortcut {
  readonly key: string
  readonly does: string
}

/** The palette's key, as this system's keyboards name it. */
export const PALETTE_KEY = /Mac/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'

/** Every key there is, by the place where it works, as the help lists them. */
export const SHORTCUTS: readonly {
  readonly place: string
  readonly keys: readonly Shortcut[]
}[] = [
  {
    place: 'Everywhere',
    keys: [
      { key: PALETTE_KEY, does: 'Find a command' },
      { key: '?', does: 'Show this list' },
      { key: 'Esc', does: 'Close what is open' },
      { key: 'F8', does: 'Go to the news in the corner' },
    ],
  },
  {
    place: 'A run',
    keys: [
      { key: 'Space', does: 'Train or pause' },
      { key: 'C', does: 'Take a checkpoint' },
      { key: '1 … 4', does: 'Watch, Vitals, History, Evaluate' },
      { key: 'L', does: 'Switch between log and linear cost' },
      { key: 'X', does: 'Next x axis: steps, epochs, days, time' },
      { key: 'F', does: 'Follow the newest step' },
      { key: 'Esc', does: 'Revert the knobs, else reset the zoom, else all runs' },
    ],
  },
  {
    place: 'A study',
    keys: [
      { key: 'Space', does: 'Pause or go on' },
      { key: 'A', does: 'Adopt the best trial' },
      { key: '1 2', does: 'Watch, Parameters' },
      { key: '↑ ↓', does: 'In the table: the next trial; Enter to read on about it' },
      { key: 'Esc', does: 'Select no trial, else all runs' },
    ],
  },
  {
    place: 'The curve, when it has the focus',
    keys: [
      { key: '← →', does: 'Move the crosshair; with Shift by ten' },
      { key: 'Home End', does: 'To the first and the newest point in view' },
      { key: '+ −', does: 'Zoom in and out' },
      { key: '0', does: 'Show all' },
      { key: 'N', does: 'Write a note there' },
    ],
  },
  {
    place: 'A knob',
    keys: [
      { key: '↑ ↓', does: 'A step of 1.2×' },
      { key: 'Enter', does: 'Apply what differs' },
      { key: 'Esc', does: 'Revert' },
    ],
  },
  {
    place: 'Days, branches and notes',
    keys: [
      { key: '← →', does: 'Next day or branch' },
      { key: 'Ctrl Enter', does: 'Write the note' },
    ],
  },
]

const FIELDS = 'input:not([type=range]):not([type=radio]), select, textarea, [contenteditable]'
const CONTROLS = `${FIELDS}, button, a, input, select, summary, [role=dialog]`

const isIn = (event: KeyboardEvent, selector: string) =>
  event.target instanceof Element && event.target.closest(selector) !== null

/** Is this key meant for the text it is typed into, or for the system? */
export const isTyping = (event: KeyboardEvent): boolean =>
  event.ctrlKey || event.metaKey || event.altKey || isIn(event, FIELDS)

/** Does the focused control have its own use for Space? */
export const isOnControl = (event: KeyboardEvent): boolean => isIn(event, CONTROLS)

/** Ctrl-K, or Cmd-K on a Mac: the palette, also from within a field. */
export const isPaletteKey = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) &&
  !event.altKey &&
  !event.shiftKey &&
  event.key.toLowerCase() === 'k'
