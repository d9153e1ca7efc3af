import type { RunSnapshot } from '../../core/protocol/run.ts'
import type { RollbackTarget } from '../history/rollback-target.ts'
import { useCommands } from '../shell/commands.ts'
import type { Command } from '../shell/commands.ts'
import { goTo } from '../shell/routing.ts'
import { lineageDaysOf, nudgesOf } from './lineage.ts'
import type { CurveKeys } from './use-run-keys.ts'
import type { useRunActions } from './use-run-actions.ts'

interface CommandTargets {
  readonly act: ReturnType<typeof useRunActions>
  readonly snapshot: () => RunSnapshot | null
  readonly isUnderWay: () => boolean
  readonly curve: () => CurveKeys | null
  readonly rollback: (target: RollbackTarget) => void
  readonly note: () => void
  readonly open: (dialog: 'rename' | 'duplicate' | 'delete' | 'export') => void
  readonly showFile: () => void
}

/** What the run on screen offers in the palette. */
export function useRunCommands(targets: CommandTargets): void {
  const { act, snapshot, isUnderWay, curve, rollback, note, open, showFile } = targets

  const dayCommands = (of: RunSnapshot): Command[] =>
    lineageDaysOf(of)
      .toReversed()
      .map(({ day, target }) => ({
        id: `rollback-${day}`,
        title: `Roll back to day ${day}…`,
        group: 'Run',
        isQuiet: true,
        run: () => rollback({ target, label: `day ${day}` }),
      }))

  const curveCommands = (): Command[] => {
    const on = curve()
    if (on === null) return []
    return [
      { id: 'log', title: 'Log or linear cost', group: 'View', key: 'L', run: on.toggleLog },
      { id: 'axis', title: 'Next x axis', group: 'View', key: 'X', run: on.nextAxis },
      {
        id: 'follow',
        title: 'Follow the newest step',
        group: 'View',
        key: 'F',
        run: on.toggleFollow,
      },
      { id: 'reset-zoom', title: 'Show the whole curve', group: 'View', run: on.resetZoom },
      { id: 'png', title: 'Export the curve as PNG', group: 'View', run: on.exportPng },
      { id: 'csv', title: 'Export the curve as CSV', group: 'View', run: on.exportCsv },
    ]
  }

  useCommands(() => {
    const now = snapshot()
    if (now === null) return []
    return [
      {
        id: 'toggle',
        title: isUnderWay() ? 'Pause' : 'Train',
        group: 'Run',
        key: 'Space',
        run: act.toggle,
      },
      {
        id: 'train-day',
        title: 'Train one more day',
        group: 'Run',
        run: () => act.train({ days: 1 }),
      },
      { id: 'checkpoint', title: 'Take a checkpoint', group: 'Run', key: 'C', run: act.checkpoint },
      {
        id: 'undo',
        title: 'Undo the last nudge',
        group: 'Run',
        isDisabled: nudgesOf(now).length === 0,
        run: act.undo,
      },
      { id: 'note', title: 'Write a note here…', group: 'Run', run: note },
      ...dayCommands(now),
      { id: 'verify', title: 'Verify all days', group: 'Run', run: act.verify },
      {
        id: 'duplicate',
        title: 'Second panda from now…',
        group: 'Run',
        run: () => open('duplicate'),
      },
      {
        id: 'search-around',
        title: 'Search around this panda…',
        group: 'Run',
        run: () => goTo({ view: 'search', from: now.facts.run }),
      },
      { id: 'export', title: 'Export the network…', group: 'Run', run: () => open('export') },
      { id: 'rename', title: 'Rename…', group: 'Run', run: () => open('rename') },
      { id: 'delete', title: 'Delete…', group: 'Run', run: () => open('delete') },
      { id: 'show-file', title: 'Show the file', group: 'Run', run: showFile },
      ...curveCommands(),
    ]
  })
}
