import { scaleOf } from '../../../core/search/space.ts'
import type { Dimension } from '../../../core/protocol/space.ts'
import { linearShareOf, sharesOf } from './scale-shares.ts'
import type { Share } from './scale-shares.ts'

/** Shares this close to each other are said to be the same. */
const SAME = 0.01

const percent = (share: number): string => {
  const points = share * 100
  return `${points >= 10 || points === 0 ? Math.round(points) : Number(points.toPrecision(1))} %`
}

const STRETCH = { linear: 'quarter', logarithmic: 'decade', 'one-minus': 'stretch' } as const

/** More stretches than this are told by the first and the last. */
const TOLD = 3

const inWords = ({ label, share }: Share): string => `${percent(share)} in ${label}`

/** What a scale does, in a sentence or two with its figures. */
export function shareWords(path: string, dimension: Dimension): string {
  const shares = sharesOf(path, dimension)
  const first = shares[0]
  if (first === undefined) return ''
  if (dimension.type === 'choice') {
    if (shares.length === 1) return 'One value: nothing to choose from.'
    return `Each of ${shares.length} values gets ${percent(first.share)}.`
  }
  const scale = scaleOf(path, dimension)
  if (scale === 'linear') return 'Every part of the range gets what its length is.'
  const isEven =
    shares.length > 1 && shares.every(({ share }) => Math.abs(share - first.share) < SAME)
  const linear = linearShareOf(path, dimension)
  const contrast =
    linear === null || linear.share < 0.5
      ? ''
      : ` Linear draws would put ${percent(linear.share)} into ${linear.label}.`
  const last = shares.at(-1) ?? first
  const told = shares.length > TOLD ? [first, last] : shares
  const list = told.map(inWords).join(', ')
  if (!isEven) return `${shares.map(inWords).join(', ')}.${contrast}`
  const rest = shares.length > TOLD ? ', and so between' : ''
  return `Each ${STRETCH[scale]} gets the same share: ${list}${rest}.${contrast}`
}

/** Every stretch with its share, for who can't see the picture. */
export const everyShare = (path: string, dimension: Dimension): string =>
  sharesOf(path, dimension).map(inWords).join(', ')
