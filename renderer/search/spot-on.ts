/** Where a pointer is on a box, and how large that is: in CSS pixels, from its top left corner. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where a pointer is on an element; null without the element. */
export function spotOn(element: Element | null, { clientX, clientY }: MouseEvent): Spot | null {
  if (element === null) return null
  const { left, top, width, height } = element.getBoundingClientRect()
  return { x: clientX - left, y: clientY - top, width, height }
}
