import type { Extent, Shape } from '../value.ts'

/** Checks that a shape has the four axes of images or of convolution kernels. */
export function imageShape(
  shape: Shape,
): readonly [first: number, channels: number, height: number, width: number] {
  const [first, channels, height, width, ...more] = shape
  if (
    first === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    more.length > 0
  ) {
    throw new Error(`images have four axes, not [${shape}]`)
  }
  return [first, channels, height, width]
}

/** Height and width of images or of kernels. */
export function extentOf(shape: Shape): Extent {
  const [, , height, width] = imageShape(shape)
  return [height, width]
}
