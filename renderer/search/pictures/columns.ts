/** Narrower than this a picture says little. */
const LEAST_WIDTH = 300
const GAP = 20

/**
 * How many pictures stand beside each other on a width in CSS pixels: no row wider than there is room, and
 * rows as even as they can be, so that no picture is left alone under three.
 */
export function balancedColumns(count: number, width: number): number {
  const most = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)))
  const rows = Math.ceil(count / most)
  return Math.max(1, Math.ceil(count / Math.max(1, rows)))
}
