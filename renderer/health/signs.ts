/** How a vital sign is judged: in words, for eyes that don't tell colours apart. */
export interface Sign {
  readonly word: string
  readonly tone: 'good' | 'warn' | 'bad'
}

/** About 1e-3 of a weight per step is healthy (cs231n; practice of published runs). */
export function judgeUpdate(ratio: number): Sign {
  if (!Number.isFinite(ratio)) return { word: 'not finite', tone: 'bad' }
  if (ratio >= 3e-2) return { word: 'far too high', tone: 'bad' }
  if (ratio > 5e-3) return { word: 'high', tone: 'warn' }
  if (ratio < 1e-5) return { word: 'stands still', tone: 'warn' }
  if (ratio < 1e-4) return { word: 'low', tone: 'warn' }
  return { word: 'healthy', tone: 'good' }
}

/** A few dead units are normal; many say that α was too high once. */
export function judgeDead(share: number): Sign {
  if (share >= 0.4) return { word: 'many', tone: 'bad' }
  if (share >= 0.15) return { word: 'some', tone: 'warn' }
  return { word: 'few', tone: 'good' }
}

const [LOWEST, HIGHEST] = [1e-6, 1]
/** Where on a log track from 1e-6 to 1 a ratio lies, from 0 to 1. */
export function placeOnTrack(ratio: number): number {
  if (!(ratio > 0)) return 0
  const place = Math.log(ratio / LOWEST) / Math.log(HIGHEST / LOWEST)
  return Math.min(1, Math.max(0, place))
}
