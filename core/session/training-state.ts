import { z } from 'zod'
import type { EngineState } from '../engine/engine.ts'
import { PandaError } from '../errors.ts'
import { HYPERPARAMETER_NAMES } from '../protocol/hyperparameters.ts'
import type { HyperparameterName, Hyperparameters } from '../protocol/hyperparameters.ts'
import type { Position } from './position.ts'

/** All that decides the next step, given the data: training on from it gives the same bits. */
export interface TrainingState {
  readonly position: Position
  readonly knobs: Hyperparameters
  readonly engine: EngineState
}

/** The part of a training state that is not tensors, and where in the payload each tensor lies. */
const stateMeta = z.strictObject({
  version: z.literal(1),
  step: z.int().nonnegative(),
  samplesSeen: z.int().nonnegative(),
  knobs: z.partialRecord(z.enum(HYPERPARAMETER_NAMES as [HyperparameterName]), z.number()),
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
  state.engine.buffers.forEach(({ values }, index) => payload.set(values, tensors[index]?.offset))
  return {
    meta: {
      version: 1,
      ...state.position,
      knobs: { ...state.knobs },
      scalars: { ...state.engine.scalars },
      tensors,
    },
    payload: new Uint8Array(payload.buffer),
  }
}

/** Throws `store/corrupt` where the parts do not fit each other. */
export function decodeState(meta: unknown, payload: Uint8Array): TrainingState {
  const parsed = stateMeta.safeParse(meta)
  if (!parsed.success) {
    throw new PandaError(
      'store/corrupt',
      `the checkpoint's state is malformed: ${parsed.error.message}`,
    )
  }
  const { step, samplesSeen, knobs, scalars, tensors } = parsed.data
  const values = new Float32Array(new Uint8Array(payload).buffer) // aligned, whatever it came in
  const last = tensors.at(-1)
  if (payload.length !== (last === undefined ? 0 : last.offset + last.length) * BYTES) {
    throw new PandaError('store/corrupt', 'the checkpoint is not as long as its tensors')
  }
  return {
    position: { step, samplesSeen },
    knobs,
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
