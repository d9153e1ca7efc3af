import { PandaError } from '../../core/errors.ts'
import type { FlatCondition, NudgeRamp } from '../../core/protocol/run.ts'
import { flatCondition } from '../../core/protocol/run.ts'
import { defineCommand } from '../command.ts'
import { describeCondition, describeShape } from '../output/journal.ts'
import { toJson } from '../output/json.ts'
import { parseChanges, parseCount, parseNumber } from '../values.ts'

const MAX_RAMP_STEPS = 1_000_000_000

/** Over how many steps; undefined: at once. */
const rampOf = (over: string | undefined): NudgeRamp | undefined =>
  over === undefined ? undefined : { steps: parseCount('--over', over, 1, MAX_RAMP_STEPS) }

/** What a planned nudge waits for; undefined: it does not wait. Throws `cli/usage`. */
function conditionOf(
  whenFlat: boolean,
  evaluations: string | undefined,
  tolerance: string | undefined,
): FlatCondition | undefined {
  if (!whenFlat) {
    if (evaluations === undefined && tolerance === undefined) return undefined
    throw new PandaError(
      'cli/usage',
      '--evaluations and --tolerance say when a dev cost is flat',
      'Add --when-flat.',
    )
  }
  const share = tolerance === undefined ? undefined : parseNumber(tolerance)
  if (share === null || (share !== undefined && (share < 0 || share > 1))) {
    throw new PandaError(
      'cli/usage',
      `--tolerance must be a number from 0 to 1, not "${tolerance}"`,
    )
  }
  return flatCondition.parse({
    ...(evaluations !== undefined && {
      evaluations: parseCount('--evaluations', evaluations, 2, 1_000),
    }),
    ...(share !== undefined && { tolerance: share }),
  })
}

export const nudge = defineCommand({
  operands: ['RUN', 'NAME=VALUE…'],
  about: 'Changes live hyperparameters, while the run trains or rests.',
  options: {
    over: { value: 'N', about: 'get there evenly over N steps' },
    'when-flat': { value: null, about: 'wait until the dev cost is flat' },
    evaluations: { value: 'N', about: 'flat: the last N dev costs (5) are not better …' },
    tolerance: { value: 'X', about: '… by this share than the best before them (0.005)' },
  },
  examples: [
    'panda nudge d learning_rate=3e-4',
    'panda nudge d learning_rate=3e-4 beta1=0.95 --over 500',
    'panda nudge d learning_rate=1e-4 --when-flat --evaluations 5',
  ],
  async run(given, shell) {
    const run = given.required(0)
    const changes = parseChanges(given.rest(1))
    const ramp = rampOf(given.text('over'))
    const when = conditionOf(
      given.flag('when-flat'),
      given.text('evaluations'),
      given.text('tolerance'),
    )
    if (when !== undefined) {
      const entry = await shell.withHost(async (host) =>
        host.handlers['run:plan-nudge'](run, changes, when, ramp),
      )
      if (shell.json) shell.print(toJson(entry))
      else {
        shell.print(`Waits until ${describeCondition(when)}.`)
        shell.print(
          `Its number is ${entry.id}; panda plans ${run} --drop ${entry.id} takes it back.`,
        )
      }
      return 0
    }
    const reply = await shell.withHost(async (host) =>
      ramp === undefined
        ? host.handlers['run:nudge'](run, changes)
        : host.handlers['run:nudge'](run, changes, ramp),
    )
    const { step, checkpoint } = reply
    if (shell.json)
      shell.print(toJson({ step, changes: reply.changes, checkpoint, ...(ramp && { ramp }) }))
    else {
      for (const { name, from, to } of reply.changes) shell.print(`${name} ${from} → ${to}`)
      const shape = describeShape(step, ramp)
      shell.print(`${shape[0]?.toUpperCase()}${shape.slice(1)}; before it: ${checkpoint}.`)
    }
    return 0
  },
})
