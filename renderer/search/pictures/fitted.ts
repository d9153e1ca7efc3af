/** A text as far as it fits in so many CSS pixels, with the font that is set; the cut is marked with `…`. */
export function fitted(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text
  let short = text
  while (short.length > 1 && ctx.measureText(`${short}…`).width > room) short = short.slice(0, -1)
  return `${short}…`
}
