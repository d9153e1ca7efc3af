import { z } from 'zod'
import type { EngineState } from '../engine/engine.ts'
import { PandaError } from '../errors.ts'
import { HYPERPARAMETER_NAMES } from '../protocol/hyperparameters.ts'
import type { HyperparameterName, Hyperparameters } from '../protocol/hyperparameters.ts'
import type { Position } from './position.ts'
import { knobsAt, listRamps, rampsFrom } from './ramps.ts'
import type { Ramps } from './ramps.ts'

/** All that decides the next step, given the data: training on from it gives the same bits. */
export interface TrainingState {
  readonly position: Position
  /** As asked for: of a knob on a ramp, the end of that. */
  readonly knobs: Hyperparameters
  readonly ramps: Ramps
  readonly engine: EngineState
}

/** The base values that hold in this state, for the step that comes next. */
export const knobsInForce = (
  state: Pick<TrainingState, 'position' | 'knobs' | 'ramps'>,
): Hyperparameters => knobsAt(state, state.position.step + 1)

const knobName = z.enum(HYPERPARAMETER_NAMES as [HyperparameterName])

/** The part of a training state that is not tensors, and where in the payload each tensor lies. */
const stateMeta = z.strictObject({
  version: z.literal(1),
  step: z.int().nonnegative(),
  samplesSeen: z.int().nonnegative(),
  knobs: z.partialRecord(knobName, z.number()),
  /** Only where there are any: a state without has the bytes that it always had. */
  ramps: z
    .array(
      z.strictObject({
        name: knobName,
        from: z.number(),
        to: z.number(),
        firstStep: z.int().positive(),
        steps: z.int().positive(),
      }),
    )
    .optional(),
  scalars: z.record(z.string(), z.number()),
  tensors: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(['parameter', 'moment', 'statistic']),
      shape: z.array(z.int().nonnegative()),
      /** In float32 values from the payload's start. */
      offset: z.int().nonnegative(),
      length: z.int().nonnegative(),
    }),
  ),
})
export type StateMeta = z.output<typeof stateMeta>

const BYTES = Float32Array.BYTES_PER_ELEMENT

/** State → a small JSON part and one payload of little-endian float32 tensors, end to end. */
export function encodeState(state: TrainingState): { meta: StateMeta; payload: Uint8Array } {
  let length = 0
  const tensors = state.engine.buffers.map(({ name, role, shape, values }) => {
    const row = { name, role, shape: [...shape], offset: length, length: values.length }
    length += values.length
    return row
  })
  const payload = new Float32Array(length)
  const ramps = listRamps(state.ramps)
  state.engine.buffers.forEach(({ values }, index) => payload.set(values, tensors[index]?.offset))
  return {
    meta: {
      version: 1,
      ...state.position,
      knobs: { ...state.knobs },
      ...(ramps.length > 0 && { ramps: [...ramps] }),
      scalars: { ...state.engine.scalars },
      tensors,
    },
    payload: new Uint8Array(payload.buffer),
  }
}

function parsedMeta(meta: unknown): StateMeta {
  const parsed = stateMeta.safeParse(meta)
  if (parsed.success) return parsed.data
  throw new PandaError(
    'store/corrupt',
    `the checkpoint's state is malformed: ${parsed.error.message}`,
  )
}

/** A state but for its tensors, which may be large. Throws `store/corrupt`. */
export function decodeSmall(meta: unknown): Omit<TrainingState, 'engine'> {
  const { step, samplesSeen, knobs, ramps = [] } = parsedMeta(meta)
  return { position: { step, samplesSeen }, knobs, ramps: rampsFrom(ramps) }
}

/** Throws `store/corrupt` where the parts do not fit each other. */
export function decodeState(meta: unknown, payload: Uint8Array): TrainingState {
  const { scalars, tensors } = parsedMeta(meta)
  const values = new Float32Array(new Uint8Array(payload).buffer) // aligned, whatever it came in
  const last = tensors.at(-1)
  if (payload.length !== (last === undefined ? 0 : last.offset + last.length) * BYTES) {
    throw new PandaError('store/corrupt', 'the checkpoint is not as long as its tensors')
  }
  return {
    ...decodeSmall(meta),
    engine: {
      scalars,
      buffers: tensors.map(({ name, role, shape, offset, length }) => ({
        name,
        role,
        shape,
        values: values.subarray(offset, offset + length),
      })),
    },
  }
}
