/** The keys of the run view, as the help lists them. */
export const SHORTCUTS = [
  { key: 'Space', does: 'Train or pause' },
  { key: 'C', does: 'Take a checkpoint' },
  { key: 'L', does: 'Switch between log and linear cost' },
  { key: 'E', does: 'Switch between steps and epochs' },
  { key: 'Enter', does: 'In a knob: apply' },
  { key: 'Esc', does: 'Revert the knobs, else reset the zoom, else go back to all runs' },
  { key: '?', does: 'Show this list' },
] as const

const FIELDS = 'input:not([type=range]):not([type=radio]), textarea, [contenteditable]'
const CONTROLS = `${FIELDS}, button, a, input, summary, [role=dialog]`

const isIn = (event: KeyboardEvent, selector: string) =>
  event.target instanceof Element && event.target.closest(selector) !== null

/** Is this key meant for the text it is typed into, or for the system? */
export const isTyping = (event: KeyboardEvent): boolean =>
  event.ctrlKey || event.metaKey || event.altKey || isIn(event, FIELDS)

/** Does the focused control have its own use for Space? */
export const isOnControl = (event: KeyboardEvent): boolean => isIn(event, CONTROLS)
