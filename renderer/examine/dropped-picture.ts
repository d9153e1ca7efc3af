import { PandaError } from '../../core/errors.ts'
import type { Frame } from './frame.ts'
import { planesOfPixels } from './frame.ts'
import { asDigit, fit, groundOf, invert } from './picture.ts'
import type { Picture } from './picture.ts'

/** How a picture from outside is made like those of the data. */
export interface Framing {
  readonly isInverted: boolean
  /** Cropped and centred as handwritten digits are, instead of the whole picture. */
  readonly isCropped: boolean
}

/** What is this much brighter than its ground, at most, is paper and not ink. */
const PAPER = 0.2

/** Ink alone: the ground at 0, the strongest ink at 1, and the paper's grain gone. */
function inkOf(picture: Picture): Picture {
  const ground = groundOf(picture)
  const most = picture.values.reduce((top, value) => Math.max(top, value), 0)
  const span = most - ground
  const values = picture.values.map((value) => {
    const ink = span <= 0 ? 0 : (value - ground) / span
    return ink < PAPER ? 0 : Math.min(1, ink)
  })
  return { ...picture, values }
}

/** A picture's planes at the size that the network takes. */
export function framed(planes: readonly Picture[], frame: Frame, framing: Framing): Picture[] {
  const { width, height } = frame
  return planes.map((plane) => {
    const turned = framing.isInverted ? invert(plane) : plane
    if (framing.isCropped) return asDigit(inkOf(turned), width, height)
    return fit(turned, width, height, groundOf(turned))
  })
}

/** What fits without asking: dark ground for networks that learned from dark ground, and the other way round. */
export function likelyFraming(
  planes: readonly Picture[],
  { channels }: Frame,
  exampleGround: number,
): Framing {
  const [first] = planes
  const isBright = first !== undefined && groundOf(first) > 0.5
  const isInverted = channels < 3 && isBright !== exampleGround > 0.5
  return { isInverted, isCropped: isInverted && exampleGround < 0.5 }
}

/** A photograph has more pixels than any answer needs. */
const LONGEST_SIDE = 512

/** Reads a picture's pixels. Throws `data/unreadable` where the file is none that this browser knows. */
export async function readPicture(file: File, channels: number): Promise<Picture[]> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch (error) {
    throw new PandaError(
      'data/unreadable',
      `${file.name} is not a picture that can be read`,
      'Use a PNG, JPEG, WebP or GIF file.',
      error,
    )
  }
  const factor = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * factor))
  canvas.height = Math.max(1, Math.round(bitmap.height * factor))
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) {
    throw new PandaError('internal', 'this browser draws no pictures', 'Reload the page.')
  }
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height)
  return planesOfPixels(data, width, channels)
}
