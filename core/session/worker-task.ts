import { z } from 'zod'
import { describeRequest } from '../protocol/describe-data.ts'
import {
  evaluateOptions,
  exportRequest,
  predictRequest,
  preflightRequest,
} from '../protocol/examine.ts'
import { adviceRequest } from '../protocol/study.ts'
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

/** What the thread of a study and those of its trials have in common. */
const study = { file: z.string(), ...folders }

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
  z.object({
    task: z.literal('study'),
    study: z.string(),
    workerUrl: z.string(),
    /** A gate for each trial that may run at once: made by the host, which must wait for them at its end. */
    trialGates: z.array(z.instanceof(SharedArrayBuffer)).min(1),
    parallel: z.int().positive(),
    /** The memory that all trials together may take. */
    memoryBytes: z.number().positive(),
    ...study,
  }),
  z.object({ task: z.literal('trial'), asked: z.instanceof(SharedArrayBuffer), ...study }),
  z.object({
    task: z.literal('study:create'),
    file: z.string(),
    name: z.string(),
    base: z.string(),
    config: z.unknown(),
    /** The run whose data the trials train on. */
    runFile: z.string().nullable(),
    ...folders,
  }),
  z.object({
    task: z.literal('study:adopt'),
    study: z.string(),
    studyFile: z.string(),
    trial: z.int().positive(),
    file: z.string(),
    name: z.string(),
    fromScratch: z.boolean(),
    ...folders,
  }),
  z.object({ task: z.literal('study:insight'), file: z.string(), ...folders }),
  z.object({
    task: z.literal('search:advise'),
    request: adviceRequest,
    /** The run whose data are trained on. */
    runFile: z.string().nullable(),
    ...folders,
  }),
])
export type WorkerTask = z.output<typeof workerTask>
export type TaskOf<T extends WorkerTask['task']> = Extract<WorkerTask, { readonly task: T }>
