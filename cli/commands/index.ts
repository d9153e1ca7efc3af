import type { Command } from '../command.ts'
import { copy, remove, rename } from './care.ts'
import { adopt } from './adopt.ts'
import { advise } from './advise.ts'
import { checkpoint, checkpoints } from './checkpoints.ts'
import { days } from './days.ts'
import { evaluate } from './evaluate.ts'
import { exportRun } from './export.ts'
import { insight } from './insight.ts'
import { journal, note } from './journal.ts'
import { list } from './list.ts'
import { metrics } from './metrics.ts'
import { newRun } from './new.ts'
import { nudge } from './nudge.ts'
import { pause, resume } from './pause.ts'
import { plans } from './plans.ts'
import { predict } from './predict.ts'
import { preflight } from './preflight.ts'
import { rollback, undo } from './rollback.ts'
import { search } from './search.ts'
import { serve } from './serve.ts'
import { settings } from './settings.ts'
import { show } from './show.ts'
import { studies } from './studies.ts'
import { train } from './train.ts'
import { trials } from './trials.ts'
import { verify } from './verify.ts'
import { vitals } from './vitals.ts'

/** Every command, in the order the help shows them. */
export const COMMANDS = {
  preflight,
  new: newRun,
  train,
  ls: list,
  show,
  days,
  metrics,
  vitals,
  journal,
  nudge,
  plans,
  pause,
  resume,
  note,
  checkpoint,
  checkpoints,
  rollback,
  undo,
  verify,
  evaluate,
  predict,
  export: exportRun,
  copy,
  rename,
  delete: remove,
  settings,
  advise,
  search,
  studies,
  trials,
  insight,
  adopt,
  serve,
} as const satisfies Readonly<Record<string, Command>>
