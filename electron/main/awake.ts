import type { PowerSaveBlocker } from 'electron'
import type { Host } from '../../core/session/host.ts'

/** Keeps the machine (not the screen) awake while something trains. */
export function stayAwakeWhileTraining(
  host: Pick<Host, 'on' | 'isTraining'>,
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>,
): void {
  let held: number | null = null
  const look = () => {
    const isTraining = host.isTraining()
    if (isTraining && held === null) held = blocker.start('prevent-app-suspension')
    if (!isTraining && held !== null) {
      blocker.stop(held)
      held = null
    }
  }
  host.on('run:event', ({ event }) => {
    if (event.type === 'state') look()
  })
  host.on('study:event', ({ event }) => {
    if (event.type === 'study-state' || event.type === 'study-failed') look()
  })
}
