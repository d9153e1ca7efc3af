import { z } from 'zod'
import { describeRequest } from '../protocol/describe-data.ts'
import {
  evaluateOptions,
  exportRequest,
  predictRequest,
  preflightRequest,
} from '../protocol/examine.ts'
import type { Captured } from './session-api.ts'

const folders = {
  samplesDir: z.string(),
  migrationsDir: z.string(),
  gate: z.instanceof(SharedArrayBuffer),
}

/** A run to be looked at: its file, and its state where that is newer than any checkpoint. */
const subject = {
  run: z.string(),
  file: z.string(),
  captured: z.custom<Captured>().nullable(),
}

/** What a host starts a worker with. Paths in requests are absolute, or relative to their `base`. */
export const workerTask = z.discriminatedUnion('task', [
  z.object({ task: z.literal('session'), run: z.string(), file: z.string(), ...folders }),
  z.object({
    task: z.literal('create'),
    file: z.string(),
    name: z.string(),
    base: z.string(),
    config: z.unknown(),
    ...folders,
  }),
  z.object({ task: z.literal('run:evaluate'), ...subject, request: evaluateOptions, ...folders }),
  z.object({ task: z.literal('run:predict'), ...subject, request: predictRequest, ...folders }),
  z.object({ task: z.literal('run:export'), ...subject, request: exportRequest, ...folders }),
  z.object({ task: z.literal('run:inputs'), file: z.string(), ...folders }),
  z.object({ task: z.literal('data:describe'), request: describeRequest, ...folders }),
  z.object({
    task: z.literal('run:duplicate'),
    run: z.string(),
    file: z.string(),
    /** Where the copy goes. */
    copy: z.string(),
    target: z.string().nullable(),
    ...folders,
  }),
  z.object({ task: z.literal('run:preflight'), request: preflightRequest, ...folders }),
])
export type WorkerTask = z.output<typeof workerTask>
export type TaskOf<T extends WorkerTask['task']> = Extract<WorkerTask, { readonly task: T }>
