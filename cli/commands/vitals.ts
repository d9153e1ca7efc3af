import type { LayerSigns, ParameterSigns, VitalSigns } from '../../core/protocol/vitals.ts'
import { defineCommand } from '../command.ts'
import { toJson } from '../output/json.ts'
import { formatAccuracy, formatCost } from '../output/numbers.ts'
import { formatTable } from '../output/table.ts'

/** About so much of a tensor a step should change: a rule of thumb of long standing. */
const HEALTHY_RATIO = 1e-3
/** Further off than this factor is worth a look. */
const FAR_OFF = 10

function judge({ updateRatio, gradientNorm }: ParameterSigns): string {
  // A tensor of zeros, as biases are at first, has no ratio.
  if (updateRatio === 0 && gradientNorm !== 0) return '–'
  const off = updateRatio / HEALTHY_RATIO
  if (off > FAR_OFF) return 'fast'
  return off < 1 / FAR_OFF ? 'slow' : 'good'
}

const formatLayers = (layers: readonly LayerSigns[]): string =>
  formatTable(
    [
      { title: 'layer', text: ({ layer }) => layer },
      { title: 'mean', align: 'right', text: (l) => formatCost(l.preActivationMean) },
      { title: 'deviation', align: 'right', text: (l) => formatCost(l.preActivationDeviation) },
      { title: 'dead', align: 'right', text: ({ deadShare }) => formatAccuracy(deadShare) },
    ],
    layers,
  )

const formatParameters = (parameters: readonly ParameterSigns[]): string =>
  formatTable(
    [
      { title: 'parameters', text: ({ name }) => name },
      { title: 'gradient', align: 'right', text: (p) => formatCost(p.gradientNorm) },
      { title: 'update:weight', align: 'right', text: (p) => formatCost(p.updateRatio) },
      { title: 'against 1e-3', text: judge },
    ],
    parameters,
  )

const formatVitals = ({ step, layers, parameters }: VitalSigns): string =>
  [
    `At step ${step}. Mean and deviation are of what goes into the activations.`,
    ...(layers.length === 0 ? [] : [formatLayers(layers)]),
    formatParameters(parameters),
  ].join('\n\n')

export const vitals = defineCommand({
  operands: ['RUN'],
  about: 'Shows the latest vital signs of each layer: updates, gradients, dead units.',
  options: {},
  examples: ['panda vitals d', 'panda vitals d --json'],
  async run(given, shell) {
    const { vitals: signs } = await shell.withHost(async (host) =>
      host.handlers['run:show'](given.required(0)),
    )
    if (shell.json) shell.print(toJson(signs))
    else shell.print(signs === null ? 'No vital signs yet: train a step.' : formatVitals(signs))
    return 0
  },
})
