import { shift } from './picture.ts'
import type { Picture } from './picture.ts'

/** A place on the drawing area, from 0 to 1 across and down. */
export type Place = readonly [x: number, y: number]

/** What a person did to a picture, in its own units, so that it can be done again at any size. */
export type Edit =
  | {
      readonly kind: 'stroke'
      readonly places: readonly Place[]
      /** Diameter as a share of the shorter side. */
      readonly width: number
      readonly erases: boolean
    }
  /** By shares of the picture's sides. */
  | { readonly kind: 'shift'; readonly right: number; readonly down: number }

/** The distance of a point to a stretch between two others. */
function distance(x: number, y: number, from: Place, to: Place): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((x - from[0]) * dx + (y - from[1]) * dy) / length
  const at = Math.min(1, Math.max(0, along))
  return Math.hypot(x - from[0] - at * dx, y - from[1] - at * dy)
}

type Stroke = Extract<Edit, { readonly kind: 'stroke' }>

function paint(picture: Picture, { places, width, erases }: Stroke): void {
  const { values } = picture
  const radius = (width * Math.min(picture.width, picture.height)) / 2
  const points = places.map(([x, y]): Place => [x * picture.width, y * picture.height])
  points.forEach((to, index) => {
    const from = points[Math.max(0, index - 1)] ?? to
    const reach = radius + 1
    const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach))
    const right = Math.min(picture.width, Math.ceil(Math.max(from[0], to[0]) + reach))
    const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach))
    const bottom = Math.min(picture.height, Math.ceil(Math.max(from[1], to[1]) + reach))
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        // The edge fades over one pixel, as ink on a scanner does.
        const far = distance(x + 0.5, y + 0.5, from, to)
        const ink = Math.min(1, Math.max(0, radius + 0.5 - far))
        if (ink === 0) continue
        const at = y * picture.width + x
        const before = values[at] ?? 0
        values[at] = erases ? Math.min(before, 1 - ink) : Math.max(before, ink)
      }
    }
  })
}

/** A picture with these edits done to it, in their order. The picture given stays as it is. */
export function edited(picture: Picture, edits: readonly Edit[]): Picture {
  let result: Picture = { ...picture, values: picture.values.slice() }
  for (const edit of edits) {
    if (edit.kind === 'stroke') paint(result, edit)
    else {
      const { right, down } = edit
      result = shift(result, Math.round(right * result.width), Math.round(down * result.height))
    }
  }
  return result
}
