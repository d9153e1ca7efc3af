import { lineageEntries, waitingPlans } from '../../core/protocol/plans.ts'
import type { PlannedNudge } from '../../core/protocol/plans.ts'
import { defineCommand } from '../command.ts'
import { describeCondition, formatChanges } from '../output/journal.ts'
import { toJson } from '../output/json.ts'
import { formatTable } from '../output/table.ts'
import { parseCount } from '../values.ts'

const formatPlans = (plans: readonly PlannedNudge[]): string =>
  formatTable(
    [
      { title: 'plan', align: 'right', text: (plan) => String(plan.id) },
      { title: 'made at', align: 'right', text: (plan) => String(plan.step) },
      { title: 'nudge', text: (plan) => formatChanges(plan.changes) },
      { title: 'over', text: (plan) => (plan.ramp ? `${plan.ramp.steps} steps` : 'at once') },
      { title: 'waits until', text: (plan) => describeCondition(plan.when) },
    ],
    plans,
  )

export const plans = defineCommand({
  operands: ['RUN'],
  about: 'Lists the nudges that wait for a flat dev cost, or takes one back.',
  options: { drop: { value: 'PLAN', about: 'take this one back' } },
  examples: ['panda plans d', 'panda plans d --drop 12'],
  async run(given, shell) {
    const run = given.required(0)
    const drop = given.text('drop')
    if (drop !== undefined) {
      const plan = parseCount('--drop', drop, 1)
      const entry = await shell.withHost(async (host) => host.handlers['run:drop-plan'](run, plan))
      shell.print(shell.json ? toJson(entry) : `Plan ${plan} is taken back.`)
      return 0
    }
    const snapshot = await shell.withHost(async (host) => host.handlers['run:show'](run))
    const waiting = waitingPlans(lineageEntries(snapshot))
    if (shell.json) shell.print(toJson(waiting))
    else shell.print(waiting.length === 0 ? 'No nudge waits.' : formatPlans(waiting))
    return 0
  },
})
