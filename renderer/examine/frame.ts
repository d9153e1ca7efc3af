import type { Picture } from './picture.ts'

/** How a run's examples are laid out where they are pictures. */
export interface Frame {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** From [height, width] or [channels, height, width]. */
export function frameOf(shape: readonly number[]): Frame {
  const [width = 1, height = 1, channels = 1] = shape.toReversed()
  return { channels, height, width }
}

/** An example's planes of colour as pictures: one, or red, green and blue. */
export function planesOf(features: Float32Array, { channels, height, width }: Frame): Picture[] {
  const size = height * width
  return Array.from({ length: channels }, (_, channel) => ({
    width,
    height,
    values: features.slice(channel * size, (channel + 1) * size),
  }))
}

/** Planes as one example, in the order that the run's data has them. */
export function featuresOf(planes: readonly Picture[]): Float32Array {
  const features = new Float32Array(planes.reduce((sum, { values }) => sum + values.length, 0))
  let at = 0
  for (const { values } of planes) {
    features.set(values, at)
    at += values.length
  }
  return features
}

/** The picture for a canvas: grey from one plane, colour from three; four bytes per pixel. */
export function pixelsOf(features: Float32Array, frame: Frame): Uint8ClampedArray<ArrayBuffer> {
  const size = frame.height * frame.width
  const pixels = new Uint8ClampedArray(size * 4)
  const isColour = frame.channels >= 3
  for (let at = 0; at < size; at += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      pixels[at * 4 + colour] = (features[(isColour ? colour * size : 0) + at] ?? 0) * 255
    }
    pixels[at * 4 + 3] = 255
  }
  return pixels
}

/** What the eye takes for brightness (Rec. 709), of one pixel's bytes. */
const brightness = (red: number, green: number, blue: number) =>
  (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255

/** A canvas's pixels as planes: brightness alone for one channel, else the colours. Transparent is white. */
export function planesOfPixels(
  pixels: Uint8ClampedArray,
  width: number,
  channels: number,
): Picture[] {
  const count = pixels.length / 4
  const on = (at: number, colour: number) => {
    const opacity = (pixels[at * 4 + 3] ?? 255) / 255
    return 255 + ((pixels[at * 4 + colour] ?? 0) - 255) * opacity
  }
  const plane = (valueAt: (at: number) => number): Picture => ({
    width,
    height: count / width,
    values: Float32Array.from({ length: count }, (_, at) => valueAt(at)),
  })
  if (channels < 3) return [plane((at) => brightness(on(at, 0), on(at, 1), on(at, 2)))]
  return [0, 1, 2].map((colour) => plane((at) => on(at, colour) / 255))
}
