import { PandaError } from '../errors.ts'
import type { BranchId } from '../protocol/run.ts'
import { isVitalSeries, vitalsFromPoints } from '../protocol/vitals.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import type { ReadableDb } from '../store/db.ts'
import { latestPoints } from '../store/latest-points.ts'

/** The newest vital signs on the way to a step of a branch; null before the first. */
export function latestVitals(db: ReadableDb, branch: BranchId, step: number): VitalSigns | null {
  return unlessRotten(() => {
    const latest = latestPoints(db, branch, step, isVitalSeries)
    return latest && vitalsFromPoints(latest.step, latest.points)
  })
}

/** What `read` finds in the series; null where they are damaged. */
export function unlessRotten<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    // Rot in a curve is told where the curve is asked for; it must not keep a run from being opened.
    if (error instanceof PandaError && error.code === 'store/corrupt') return null
    throw error
  }
}
