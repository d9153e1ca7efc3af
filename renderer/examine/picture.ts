/** One grey picture, row by row: 0 is empty, 1 is full. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

/** Where there is something in a picture; `right` and `bottom` are exclusive. */
export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export const emptyPicture = (width: number, height: number): Picture => ({
  width,
  height,
  values: new Float32Array(width * height),
})

export const massOf = ({ values }: Picture): number => values.reduce((sum, value) => sum + value, 0)

/** The smallest box around everything that is not empty; null of an empty picture. */
export function boundsOf({ width, height, values }: Picture): Bounds | null {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((values[y * width + x] ?? 0) <= 0) continue
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
    }
  }
  return right > left ? { left, top, right, bottom } : null
}

/** The pixels inside a box; what lies outside the picture is empty. */
export function crop(picture: Picture, { left, top, right, bottom }: Bounds): Picture {
  const cut = emptyPicture(right - left, bottom - top)
  for (let y = 0; y < cut.height; y += 1) {
    for (let x = 0; x < cut.width; x += 1) {
      const [fromX, fromY] = [x + left, y + top]
      if (fromX < 0 || fromY < 0 || fromX >= picture.width || fromY >= picture.height) continue
      cut.values[y * cut.width + x] = picture.values[fromY * picture.width + fromX] ?? 0
    }
  }
  return cut
}

/** For each target pixel, which source pixels lie under it and how much of it each covers; shares sum to 1. */
function coverage(from: number, to: number): readonly (readonly (readonly [number, number])[])[] {
  const size = from / to
  return Array.from({ length: to }, (_, at) => {
    const [begin, end] = [at * size, (at + 1) * size]
    const under: (readonly [number, number])[] = []
    for (let source = Math.floor(begin); source < Math.min(from, Math.ceil(end)); source += 1) {
      const share = (Math.min(end, source + 1) - Math.max(begin, source)) / size
      if (share > 0) under.push([source, share])
    }
    return under
  })
}

/** Resampled by area: each new pixel is the mean of what lies under it, so nothing is skipped. */
export function scale(picture: Picture, width: number, height: number): Picture {
  if (width === picture.width && height === picture.height) return picture
  const scaled = emptyPicture(width, height)
  const columns = coverage(picture.width, width)
  const rows = coverage(picture.height, height)
  rows.forEach((ys, y) =>
    columns.forEach((xs, x) => {
      let sum = 0
      for (const [sourceY, shareY] of ys) {
        for (const [sourceX, shareX] of xs) {
          sum += (picture.values[sourceY * picture.width + sourceX] ?? 0) * shareX * shareY
        }
      }
      scaled.values[y * width + x] = Math.min(1, Math.max(0, sum))
    }),
  )
  return scaled
}

/** The middle of the ink, in pixels from the corner; a pixel's own middle is at its half. */
export function centreOfMass(picture: Picture): readonly [x: number, y: number] {
  const mass = massOf(picture)
  if (mass <= 0) return [picture.width / 2, picture.height / 2]
  let [sumX, sumY] = [0, 0]
  picture.values.forEach((value, at) => {
    sumX += value * ((at % picture.width) + 0.5)
    sumY += value * (Math.floor(at / picture.width) + 0.5)
  })
  return [sumX / mass, sumY / mass]
}

/** Moved by whole pixels; what leaves the picture is gone, what comes in is empty. */
export const shift = (picture: Picture, right: number, down: number): Picture =>
  crop(picture, {
    left: -right,
    top: -down,
    right: picture.width - right,
    bottom: picture.height - down,
  })

/** Digits of 28 pixels were written into 20; other frames keep that proportion. */
const WRITTEN_SHARE = 20 / 28

const clamp = (value: number, low: number, high: number) =>
  Math.max(Math.min(low, high), Math.min(Math.max(low, high), value))

/**
 * A drawing as collections of handwritten digits hold theirs: cropped, scaled to 20/28 of the frame with its
 * proportions kept, its centre of mass in the middle as far as nothing is cut off. An empty one stays empty.
 */
export function asDigit(drawing: Picture, width: number, height: number): Picture {
  const bounds = boundsOf(drawing)
  if (bounds === null) return emptyPicture(width, height)
  const ink = crop(drawing, bounds)
  const inner = Math.round(Math.min(width, height) * WRITTEN_SHARE)
  const factor = inner / Math.max(ink.width, ink.height)
  const size = (length: number) => Math.max(1, Math.round(length * factor))
  const small = scale(ink, size(ink.width), size(ink.height))
  const [x, y] = centreOfMass(small)
  const left = clamp(Math.round(width / 2 - x), 0, width - small.width)
  const top = clamp(Math.round(height / 2 - y), 0, height - small.height)
  return crop(small, { left: -left, top: -top, right: width - left, bottom: height - top })
}

/** The largest picture of these proportions in a frame, in its middle; the rest takes `around`. */
export function fit(picture: Picture, width: number, height: number, around = 0): Picture {
  const factor = Math.min(width / picture.width, height / picture.height)
  const small = scale(
    picture,
    Math.max(1, Math.round(picture.width * factor)),
    Math.max(1, Math.round(picture.height * factor)),
  )
  const framed = { width, height, values: new Float32Array(width * height).fill(around) }
  const left = Math.floor((width - small.width) / 2)
  const top = Math.floor((height - small.height) / 2)
  for (let y = 0; y < small.height; y += 1) {
    const row = small.values.subarray(y * small.width, (y + 1) * small.width)
    framed.values.set(row, (y + top) * width + left)
  }
  return framed
}

export const invert = ({ width, height, values }: Picture): Picture => ({
  width,
  height,
  values: values.map((value) => 1 - value),
})

/** The mean of a picture's outermost pixels: what it stands on. */
export function groundOf({ width, height, values }: Picture): number {
  let [sum, count] = [0, 0]
  values.forEach((value, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    if (x > 0 && y > 0 && x < width - 1 && y < height - 1) return
    sum += value
    count += 1
  })
  return count === 0 ? 0 : sum / count
}
