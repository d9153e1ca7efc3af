import type { RunAlert, RunSummary } from '../../core/protocol/run.ts'
import { lastLookOf } from '../history/last-look.ts'

/** The newest alert of a run, unless this window's person has looked at the run since; null where there is none. */
export function unseenAlertOf(summary: RunSummary): RunAlert | null {
  if (!summary.ok || summary.alert === undefined) return null
  const look = lastLookOf(summary.run)
  // Another run may have its name by now.
  const isSeen =
    look !== null && look.bornAt === summary.createdAt && look.entry >= summary.alert.id
  return isSeen ? null : summary.alert
}
